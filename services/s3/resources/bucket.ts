import { isSystemTag } from "../../../emulator/model/system-tags.ts";
import {
  choice,
  flag,
  integer,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, sameValue, unless } from "../../cloudformation/provider.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { CANNED_NAMES, ownershipProperty, putAccess } from "./access-properties.ts";
import { corsConfigurationOf, corsProperty } from "./cors-property.ts";
import { notificationProperty, notificationsOf } from "./notification-property.ts";
import { lifecycleOf, lifecycleProperty } from "./lifecycle-property.ts";
import { loggingProperty, loggingStatusOf } from "./logging-property.ts";
import { metricsProperty, putMetrics } from "./metrics-property.ts";
import { websiteConfigurationOf, websiteProperty } from "./website-property.ts";

const encryption = object({
  ServerSideEncryptionConfiguration: required(
    list(
      object({
        ServerSideEncryptionByDefault: object({
          SSEAlgorithm: required(choice("AES256", "aws:kms", "aws:kms:dsse")),
          KMSMasterKeyID: text(),
        }),
        BucketKeyEnabled: flag(),
        BlockedEncryptionTypes: refused(),
      }),
    ),
  ),
});

const bucketProperties = {
  BucketName: replaces(text({ min: 3, max: 63, pattern: /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/ })),
  BucketEncryption: encryption,
  PublicAccessBlockConfiguration: object({
    BlockPublicAcls: flag(),
    BlockPublicPolicy: flag(),
    IgnorePublicAcls: flag(),
    RestrictPublicBuckets: flag(),
  }),
  Tags: tags(),
  AccessControl: choice(...CANNED_NAMES),
  LifecycleConfiguration: lifecycleProperty,
  OwnershipControls: ownershipProperty,
  VersioningConfiguration: object({ Status: required(choice("Enabled", "Suspended")) }),
  ObjectLockEnabled: replaces(flag()),
  AbacStatus: refused("Disabled"),
  BucketNamePrefix: refused(),
  BucketNamespace: refused("global"),
  AccelerateConfiguration: object({ AccelerationStatus: required(choice("Enabled", "Suspended")) }),
  AnalyticsConfigurations: refused([]),
  CorsConfiguration: corsProperty,
  IntelligentTieringConfigurations: refused([]),
  InventoryConfigurations: refused([]),
  LoggingConfiguration: loggingProperty,
  MetadataConfiguration: refused(),
  MetadataTableConfiguration: refused(),
  MetricsConfigurations: metricsProperty,
  NotificationConfiguration: notificationProperty,
  ObjectLockConfiguration: object({
    ObjectLockEnabled: choice("Enabled"),
    Rule: object({
      DefaultRetention: required(
        object({
          Mode: required(choice("COMPLIANCE", "GOVERNANCE")),
          Days: integer({ min: 1 }),
          Years: integer({ min: 1 }),
        }),
      ),
    }),
  }),
  ReplicationConfiguration: refused(),
  WebsiteConfiguration: websiteProperty,
  Arn: readOnly(),
  DomainName: readOnly(),
  DualStackDomainName: readOnly(),
  RegionalDomainName: readOnly(),
  WebsiteURL: readOnly(),
} as const;

type BucketValues = Values<typeof bucketProperties>;

/** How each property gets to the bucket, in the order in which they have to come. */
const SETTINGS: readonly {
  readonly of: readonly (keyof BucketValues)[];
  readonly apply: (ctx: ProviderContext, Bucket: string, after: BucketValues, before: BucketValues) => Promise<unknown>;
}[] = [
  {
    of: ["PublicAccessBlockConfiguration"],
    apply: ({ call }, Bucket, { PublicAccessBlockConfiguration }) =>
      PublicAccessBlockConfiguration
        ? call("s3", "PutPublicAccessBlock", { Bucket, PublicAccessBlockConfiguration })
        : call("s3", "DeletePublicAccessBlock", { Bucket }),
  },
  { of: ["AccessControl", "OwnershipControls"], apply: putAccess },
  {
    of: ["BucketEncryption"],
    apply: ({ call }, Bucket, { BucketEncryption }) =>
      BucketEncryption
        ? call("s3", "PutBucketEncryption", {
            Bucket,
            ServerSideEncryptionConfiguration: encryptionOf(BucketEncryption),
          })
        : call("s3", "DeleteBucketEncryption", { Bucket }),
  },
  {
    of: ["VersioningConfiguration"],
    // a bucket that once had versioning has it suspended when a template no longer speaks of it
    apply: ({ call }, Bucket, { VersioningConfiguration = { Status: "Suspended" } }) =>
      call("s3", "PutBucketVersioning", { Bucket, VersioningConfiguration }),
  },
  {
    of: ["ObjectLockConfiguration"],
    // a lock stays once it is on; what it does by itself with new objects ends with the template's word
    apply: ({ call }, Bucket, { ObjectLockConfiguration: { Rule } = {} }) =>
      call("s3", "PutObjectLockConfiguration", {
        Bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", ...(Rule && { Rule }) },
      }),
  },
  {
    of: ["LifecycleConfiguration"],
    apply: ({ call }, Bucket, { LifecycleConfiguration: given }) =>
      given
        ? call("s3", "PutBucketLifecycleConfiguration", {
            Bucket,
            LifecycleConfiguration: lifecycleOf(given),
            ...(given.TransitionDefaultMinimumObjectSize !== undefined && {
              TransitionDefaultMinimumObjectSize: given.TransitionDefaultMinimumObjectSize,
            }),
          })
        : call("s3", "DeleteBucketLifecycle", { Bucket }),
  },
  {
    of: ["NotificationConfiguration"],
    apply: ({ call }, Bucket, { NotificationConfiguration }) =>
      call("s3", "PutBucketNotificationConfiguration", {
        Bucket,
        NotificationConfiguration: notificationsOf(NotificationConfiguration),
      }),
  },
  {
    of: ["LoggingConfiguration"],
    apply: ({ call }, Bucket, { LoggingConfiguration }) =>
      call("s3", "PutBucketLogging", { Bucket, BucketLoggingStatus: loggingStatusOf(Bucket, LoggingConfiguration) }),
  },
  {
    of: ["MetricsConfigurations"],
    apply: (ctx, Bucket, after, before) =>
      putMetrics(ctx, Bucket, after.MetricsConfigurations, before.MetricsConfigurations),
  },
  {
    of: ["CorsConfiguration"],
    apply: ({ call }, Bucket, { CorsConfiguration }) =>
      CorsConfiguration
        ? call("s3", "PutBucketCors", { Bucket, CORSConfiguration: corsConfigurationOf(CorsConfiguration) })
        : call("s3", "DeleteBucketCors", { Bucket }),
  },
  {
    of: ["WebsiteConfiguration"],
    apply: ({ call }, Bucket, { WebsiteConfiguration: given }) =>
      given
        ? call("s3", "PutBucketWebsite", { Bucket, WebsiteConfiguration: websiteConfigurationOf(given) })
        : call("s3", "DeleteBucketWebsite", { Bucket }),
  },
  {
    of: ["AccelerateConfiguration"],
    apply: (
      { call },
      Bucket,
      { AccelerateConfiguration: { AccelerationStatus: Status } = { AccelerationStatus: "Suspended" } },
    ) => call("s3", "PutBucketAccelerateConfiguration", { Bucket, AccelerateConfiguration: { Status } }),
  },
];

/** Sets what differs from `before`: everything that is configured, when there is no before. */
async function configure(ctx: ProviderContext, name: string, before: BucketValues, after: BucketValues): Promise<void> {
  for (const { of, apply } of SETTINGS) {
    if (of.some((property) => !sameValue(before[property], after[property]))) await apply(ctx, name, after, before);
  }
}

const encryptionOf = ({ ServerSideEncryptionConfiguration }: NonNullable<BucketValues["BucketEncryption"]>) => ({
  Rules: ServerSideEncryptionConfiguration.map(({ ServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
    ...(byDefault && {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: byDefault.SSEAlgorithm,
        ...(byDefault.KMSMasterKeyID !== undefined && { KMSMasterKeyID: byDefault.KMSMasterKeyID }),
      },
    }),
    ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }),
  })),
});

/** Tags are put all at once: those that are AWS's own have to be among them. */
async function putTags(ctx: ProviderContext, name: string, after: BucketValues): Promise<void> {
  const present = await unless(ctx.call("s3", "GetBucketTagging", { Bucket: name }), "NoSuchTagSet");
  const system = (present?.TagSet ?? []).flatMap(({ Key = "", Value = "" }) =>
    isSystemTag(Key) ? [{ Key, Value }] : [],
  );
  const TagSet = [...system, ...(after.Tags ?? [])];
  if (TagSet.length > 0) await ctx.call("s3", "PutBucketTagging", { Bucket: name, Tagging: { TagSet } });
  else await ctx.call("s3", "DeleteBucketTagging", { Bucket: name });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket = defineProvider({
  type: "AWS::S3::Bucket",
  properties: bucketProperties,
  attributes: ["Arn", "DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL"],
  name: { property: "BucketName", maxLength: 63, lowerCase: true },

  systemTagged: (_ctx, name) => `arn:aws:s3:::${name}`,

  check({ BucketEncryption }) {
    const rules = BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
    const other = rules.map((rule) => rule.ServerSideEncryptionByDefault?.SSEAlgorithm ?? "AES256");
    const refusedAlgorithm = other.find((algorithm) => algorithm === "aws:kms:dsse");
    return refusedAlgorithm && `#/BucketEncryption: SSEAlgorithm ${refusedAlgorithm} is not supported by Headwater`;
  },

  async find(ctx, _properties, name) {
    const head = ctx.call("s3", "HeadBucket", { Bucket: name });
    return (await unless(head, "NotFound", "NoSuchBucket")) && name;
  },

  async create(ctx, properties, name) {
    await ctx.call("s3", "CreateBucket", {
      Bucket: name,
      ...(properties.ObjectLockEnabled && { ObjectLockEnabledForBucket: true }),
      ...(ctx.region !== "us-east-1" && {
        CreateBucketConfiguration: { LocationConstraint: ctx.region as "eu-west-1" },
      }),
    });
    ctx.created(name);
    await configure(ctx, name, {}, properties);
    const { Tags: TagSet = [] } = properties;
    if (TagSet.length > 0) await ctx.call("s3", "PutBucketTagging", { Bucket: name, Tagging: { TagSet } });
    return name;
  },

  async update(ctx, name, before, after) {
    await configure(ctx, name, before, after);
    if (!sameValue(before.Tags ?? [], after.Tags ?? [])) await putTags(ctx, name, after);
  },

  async remove(ctx, name) {
    await unless(ctx.call("s3", "DeleteBucket", { Bucket: name }), "NoSuchBucket");
  },

  read: async (ctx, name) => ({
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${ctx.region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${ctx.region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${ctx.region}.amazonaws.com`,
  }),
});

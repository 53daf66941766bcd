import { isSystemTag } from "../../../emulator/model/system-tags.ts";
import {
  choice,
  flag,
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
import { notificationProperty, notificationsOf } from "./notification-property.ts";
import { lifecycleOf, lifecycleProperty } from "./lifecycle-property.ts";

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
  AccessControl: refused("Private"),
  LifecycleConfiguration: lifecycleProperty,
  OwnershipControls: refused({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] }),
  VersioningConfiguration: object({ Status: required(choice("Enabled", "Suspended")) }),
  ObjectLockEnabled: refused(false),
  AbacStatus: refused("Disabled"),
  BucketNamePrefix: refused(),
  BucketNamespace: refused("global"),
  AccelerateConfiguration: refused({ AccelerationStatus: "Suspended" }),
  AnalyticsConfigurations: refused([]),
  CorsConfiguration: refused(),
  IntelligentTieringConfigurations: refused([]),
  InventoryConfigurations: refused([]),
  LoggingConfiguration: refused({}),
  MetadataConfiguration: refused(),
  MetadataTableConfiguration: refused(),
  MetricsConfigurations: refused([]),
  NotificationConfiguration: notificationProperty,
  ObjectLockConfiguration: refused(),
  ReplicationConfiguration: refused(),
  WebsiteConfiguration: refused(),
  Arn: readOnly(),
  DomainName: readOnly(),
  DualStackDomainName: readOnly(),
  RegionalDomainName: readOnly(),
  WebsiteURL: readOnly(),
} as const;

type BucketValues = Values<typeof bucketProperties>;

/** Sets what differs from `before`: everything that is configured, when there is no before. */
async function configure(ctx: ProviderContext, name: string, before: BucketValues, after: BucketValues): Promise<void> {
  if (!sameValue(before.PublicAccessBlockConfiguration, after.PublicAccessBlockConfiguration)) {
    if (after.PublicAccessBlockConfiguration) {
      await ctx.call("s3", "PutPublicAccessBlock", {
        Bucket: name,
        PublicAccessBlockConfiguration: after.PublicAccessBlockConfiguration,
      });
    } else await ctx.call("s3", "DeletePublicAccessBlock", { Bucket: name });
  }
  if (!sameValue(before.BucketEncryption, after.BucketEncryption)) {
    if (after.BucketEncryption) {
      const Rules = after.BucketEncryption.ServerSideEncryptionConfiguration.map(
        ({ ServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
          ...(ServerSideEncryptionByDefault && {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: ServerSideEncryptionByDefault.SSEAlgorithm,
              ...(ServerSideEncryptionByDefault.KMSMasterKeyID !== undefined && {
                KMSMasterKeyID: ServerSideEncryptionByDefault.KMSMasterKeyID,
              }),
            },
          }),
          ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }),
        }),
      );
      await ctx.call("s3", "PutBucketEncryption", { Bucket: name, ServerSideEncryptionConfiguration: { Rules } });
    } else await ctx.call("s3", "DeleteBucketEncryption", { Bucket: name });
  }
  if (!sameValue(before.VersioningConfiguration, after.VersioningConfiguration)) {
    // a bucket that once had versioning has it suspended when a template no longer speaks of it
    const VersioningConfiguration = after.VersioningConfiguration ?? { Status: "Suspended" };
    await ctx.call("s3", "PutBucketVersioning", { Bucket: name, VersioningConfiguration });
  }
  if (!sameValue(before.LifecycleConfiguration, after.LifecycleConfiguration)) {
    if (after.LifecycleConfiguration) {
      const { TransitionDefaultMinimumObjectSize } = after.LifecycleConfiguration;
      await ctx.call("s3", "PutBucketLifecycleConfiguration", {
        Bucket: name,
        LifecycleConfiguration: lifecycleOf(after.LifecycleConfiguration),
        ...(TransitionDefaultMinimumObjectSize !== undefined && { TransitionDefaultMinimumObjectSize }),
      });
    } else await ctx.call("s3", "DeleteBucketLifecycle", { Bucket: name });
  }
  if (!sameValue(before.NotificationConfiguration ?? {}, after.NotificationConfiguration ?? {})) {
    await ctx.call("s3", "PutBucketNotificationConfiguration", {
      Bucket: name,
      NotificationConfiguration: notificationsOf(after.NotificationConfiguration),
    });
  }
}

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

import type { InputOf } from "../../../emulator/model/sdk.ts";
import { choice, flag, integer, list, object, required, text, type Values } from "../../cloudformation/properties.ts";

const transition = {
  StorageClass: required(text()),
  TransitionDate: text(),
  TransitionInDays: integer({ min: 0 }),
} as const;
const noncurrentTransition = {
  StorageClass: required(text()),
  TransitionInDays: required(integer({ min: 0 })),
  NewerNoncurrentVersions: integer({ min: 1 }),
} as const;

const ruleProperties = {
  Id: text({ max: 255 }),
  Status: required(choice("Enabled", "Disabled")),
  Prefix: text(),
  TagFilters: list(object({ Key: required(text()), Value: required(text()) })),
  ObjectSizeGreaterThan: text({ pattern: /^\d{1,20}$/ }),
  ObjectSizeLessThan: text({ pattern: /^\d{1,20}$/ }),
  ExpirationInDays: integer({ min: 1 }),
  ExpirationDate: text(),
  ExpiredObjectDeleteMarker: flag(),
  NoncurrentVersionExpiration: object({
    NoncurrentDays: required(integer({ min: 1 })),
    NewerNoncurrentVersions: integer({ min: 1 }),
  }),
  NoncurrentVersionExpirationInDays: integer({ min: 1 }),
  AbortIncompleteMultipartUpload: object({ DaysAfterInitiation: required(integer({ min: 1 })) }),
  Transition: object(transition),
  Transitions: list(object(transition)),
  NoncurrentVersionTransition: object(noncurrentTransition),
  NoncurrentVersionTransitions: list(object(noncurrentTransition)),
} as const;

/** The property LifecycleConfiguration of a bucket. */
export const lifecycleProperty = object({
  Rules: required(list(object(ruleProperties))),
  TransitionDefaultMinimumObjectSize: choice("varies_by_storage_class", "all_storage_classes_128K"),
});

type RuleValues = Values<typeof ruleProperties>;
type Configuration = NonNullable<InputOf<"s3", "PutBucketLifecycleConfiguration">["LifecycleConfiguration"]>;
type LifecycleRule = Configuration["Rules"][number];

/** The same rules as S3's API takes them. */
export const lifecycleOf = ({ Rules }: { readonly Rules: readonly RuleValues[] }): Configuration => ({
  Rules: Rules.map(ruleOf),
});

function ruleOf(rule: RuleValues): LifecycleRule {
  const { ExpirationInDays, ExpirationDate, ExpiredObjectDeleteMarker } = rule;
  const expires = (ExpirationInDays ?? ExpirationDate ?? ExpiredObjectDeleteMarker) !== undefined;
  const noncurrent =
    rule.NoncurrentVersionExpiration ??
    (rule.NoncurrentVersionExpirationInDays === undefined
      ? undefined
      : { NoncurrentDays: rule.NoncurrentVersionExpirationInDays });
  return {
    ...(rule.Id !== undefined && { ID: rule.Id }),
    Status: rule.Status,
    Filter: filterOf(rule),
    ...(expires && {
      Expiration: {
        ...(ExpirationInDays !== undefined && { Days: ExpirationInDays }),
        ...(ExpirationDate !== undefined && { Date: new Date(ExpirationDate) }),
        ...(ExpiredObjectDeleteMarker !== undefined && { ExpiredObjectDeleteMarker }),
      },
    }),
    ...(noncurrent && { NoncurrentVersionExpiration: noncurrent }),
    ...transitionsOf(rule),
    ...(rule.AbortIncompleteMultipartUpload && {
      AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    }),
  };
}

/** Templates may give the only transition by a name of its own. */
function transitionsOf(rule: RuleValues): Pick<LifecycleRule, "Transitions" | "NoncurrentVersionTransitions"> {
  const current = [...(rule.Transition ? [rule.Transition] : []), ...(rule.Transitions ?? [])];
  const noncurrent = [
    ...(rule.NoncurrentVersionTransition ? [rule.NoncurrentVersionTransition] : []),
    ...(rule.NoncurrentVersionTransitions ?? []),
  ];
  return {
    ...(current.length > 0 && {
      Transitions: current.map(({ StorageClass, TransitionDate, TransitionInDays }) => ({
        StorageClass: StorageClass as "GLACIER_IR",
        ...(TransitionDate !== undefined && { Date: new Date(TransitionDate) }),
        ...(TransitionInDays !== undefined && { Days: TransitionInDays }),
      })),
    }),
    ...(noncurrent.length > 0 && {
      NoncurrentVersionTransitions: noncurrent.map(({ StorageClass, TransitionInDays, NewerNoncurrentVersions }) => ({
        StorageClass: StorageClass as "GLACIER_IR",
        NoncurrentDays: TransitionInDays,
        ...(NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions }),
      })),
    }),
  };
}

/** A filter of S3 has one predicate, or an And of several. */
function filterOf({ Prefix, TagFilters = [], ...sizes }: RuleValues): NonNullable<LifecycleRule["Filter"]> {
  const rest = {
    ...(Prefix !== undefined && { Prefix }),
    ...(sizes.ObjectSizeGreaterThan !== undefined && { ObjectSizeGreaterThan: Number(sizes.ObjectSizeGreaterThan) }),
    ...(sizes.ObjectSizeLessThan !== undefined && { ObjectSizeLessThan: Number(sizes.ObjectSizeLessThan) }),
  };
  const count = Object.keys(rest).length + TagFilters.length;
  if (count > 1) return { And: { ...rest, ...(TagFilters.length > 0 && { Tags: TagFilters }) } };
  const [Tag] = TagFilters;
  if (Tag) return { Tag };
  return count === 0 ? { Prefix: "" } : rest;
}

import type { LifecycleRule } from "@aws-sdk/client-s3";
import { ARCHIVES } from "./archive.ts";
import { invalidArgument, invalidArgumentValue, invalidRequest, malformedXml } from "./errors.ts";
import type { BucketRecord, ObjectRecord, StoredRule } from "./model.ts";

/** Objects only move down this list. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const WATERFALL: readonly string[] = [
  "STANDARD",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];
const INFREQUENT: readonly string[] = ["STANDARD_IA", "ONEZONE_IA"];
const LEAST_DAYS_INFREQUENT = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const MIN_BYTES = 128 * 1024;

type Given = NonNullable<LifecycleRule["Transitions"]>[number];

/** @throws AwsError MalformedXML, InvalidArgument, InvalidRequest */
export function checkTransitions(rule: LifecycleRule): void {
  const { Transitions: given = [], NoncurrentVersionTransitions: noncurrent = [], Expiration } = rule;
  const prefix = rule.Prefix ?? rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? "";
  checkClasses(given, "Transition", prefix);
  checkClasses(noncurrent, "NoncurrentVersionTransition", prefix);
  for (const { Days, Date: date, StorageClass } of given) {
    if ((Days === undefined) === (date === undefined)) throw malformedXml();
    if (date !== undefined) checkMidnight(date);
    checkDays(Days, "Days", "Transition", StorageClass);
  }
  for (const { NoncurrentDays, StorageClass } of noncurrent) {
    if (NoncurrentDays === undefined) throw malformedXml();
    checkDays(NoncurrentDays, "NoncurrentDays", "NoncurrentVersionTransition", StorageClass);
  }
  const forms = [...given, ...(Expiration && Expiration.ExpiredObjectDeleteMarker === undefined ? [Expiration] : [])];
  if (forms.some(({ Days }) => Days !== undefined) && forms.some(({ Date: date }) => date !== undefined)) {
    throw invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for prefix '${prefix}'`,
    );
  }
  const last = Math.max(-1, ...given.map(({ Days = -1 }) => Days));
  if (Expiration?.Days !== undefined && Expiration.Days <= last) {
    throw invalidArgumentValue(
      `'Days' in the Expiration action for prefix '${prefix}' must be greater than 'Days' in the Transition action`,
    );
  }
}

export function checkMidnight(date: Date): void {
  if (date.getTime() % DAY_MS === 0) return;
  throw invalidArgument("'Date' must be at midnight GMT", "Date", date.toISOString());
}

function checkClasses(given: readonly Pick<Given, "StorageClass">[], action: string, prefix: string): void {
  const classes = given.map(({ StorageClass = "" }: { StorageClass?: string | undefined }) => StorageClass);
  if (classes.some((one) => !WATERFALL.includes(one) || one === "STANDARD")) throw malformedXml();
  if (new Set(classes).size < classes.length) {
    throw invalidRequest(
      `'StorageClass' must be different for '${action}' actions in same 'Rule' with prefix '${prefix}'`,
    );
  }
}

function checkDays(days: number | undefined, name: string, action: string, storageClass: string | undefined): void {
  if (days === undefined) return;
  if (!Number.isInteger(days) || days < 0) {
    throw invalidArgumentValue(`'${name}' for ${action} action must be nonnegative`);
  }
  if (INFREQUENT.includes(storageClass ?? "") && days < LEAST_DAYS_INFREQUENT) {
    throw invalidArgumentValue(
      `'${name}' in ${action} action must be greater than or equal to ${LEAST_DAYS_INFREQUENT} for storageClass '${storageClass}'`,
    );
  }
}

/** A transition whose day has come. */
export interface DueTransition {
  readonly atMs: number;
  readonly storageClass: string;
}

/** The storage class that an object goes to now: of those that are due the last one. Undefined: it stays where it is. */
export function destinationOf(
  bucket: Pick<BucketRecord, "transitionMinimumSize">,
  object: ObjectRecord,
  due: readonly (DueTransition & { readonly rule: StoredRule })[],
): string | undefined {
  const present = object.storageClass ?? "STANDARD";
  const possible = due.filter(
    ({ storageClass, rule }) =>
      WATERFALL.indexOf(storageClass) > Math.max(0, WATERFALL.indexOf(present)) &&
      (object.sizeBytes >= MIN_BYTES || mayBeSmall(bucket, rule, storageClass)),
  );
  return possible.toSorted((a, b) => b.atMs - a.atMs || depth(b) - depth(a))[0]?.storageClass;
}

const depth = ({ storageClass }: DueTransition): number => WATERFALL.indexOf(storageClass);

/** Small objects stay unless the rule speaks of sizes, or the bucket lets archives have them. */
function mayBeSmall(
  { transitionMinimumSize }: Pick<BucketRecord, "transitionMinimumSize">,
  { Filter = {} }: StoredRule,
  storageClass: string,
): boolean {
  const { ObjectSizeGreaterThan, ObjectSizeLessThan, And } = Filter;
  const size = ObjectSizeGreaterThan ?? ObjectSizeLessThan ?? And?.ObjectSizeGreaterThan ?? And?.ObjectSizeLessThan;
  return size !== undefined || (transitionMinimumSize === "varies_by_storage_class" && ARCHIVES.includes(storageClass));
}

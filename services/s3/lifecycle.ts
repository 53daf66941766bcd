import type { BucketRecord, ObjectRecord, StoredRule, UploadRecord } from "./model.ts";
import { destinationOf, type DueTransition } from "./lifecycle-transitions.ts";
import type { ListedVersion } from "./object-table.ts";
import { isDeleteMarker, type Version } from "./version-table.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** S3 adds the days and goes on to the next midnight of UTC. */
const dueMs = (sinceMs: number, days: number): number => Math.ceil((sinceMs + days * DAY_MS) / DAY_MS) * DAY_MS;

const active = ({ lifecycle }: Pick<BucketRecord, "lifecycle">): readonly StoredRule[] =>
  (lifecycle ?? []).filter(({ Status }) => Status === "Enabled");

/** Whether a rule is about a key, and where there is one, about its object. */
function matches({ Prefix, Filter = {} }: StoredRule, key: string, object: ObjectRecord | undefined): boolean {
  const { And } = Filter;
  if (!key.startsWith(Prefix ?? Filter.Prefix ?? And?.Prefix ?? "")) return false;
  const tags = [...(Filter.Tag ? [Filter.Tag] : []), ...(And?.Tags ?? [])];
  const greater = Filter.ObjectSizeGreaterThan ?? And?.ObjectSizeGreaterThan;
  const less = Filter.ObjectSizeLessThan ?? And?.ObjectSizeLessThan;
  if (tags.length === 0 && greater === undefined && less === undefined) return true;
  if (!object) return false;
  return (
    tags.every(({ Key, Value }) => object.tags?.some((tag) => tag.Key === Key && tag.Value === Value)) &&
    (greater === undefined || object.sizeBytes > greater) &&
    (less === undefined || object.sizeBytes < less)
  );
}

export interface Expiry {
  readonly atMs: number;
  readonly ruleId: string;
}

/** When the current object will expire, by the rule that comes first; undefined: never. */
export function expiryOf(
  bucket: Pick<BucketRecord, "lifecycle">,
  key: string,
  object: ObjectRecord,
): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of active(bucket)) {
    const { Days, dateMs } = rule.Expiration ?? {};
    if ((Days ?? dateMs) === undefined || !matches(rule, key, object)) continue;
    const atMs = Days === undefined ? (dateMs ?? 0) : dueMs(object.modifiedMs, Days);
    if (!first || atMs < first.atMs) first = { atMs, ruleId: rule.ID ?? "" };
  }
  return first;
}

/** When an upload will be aborted; undefined: never. */
export function abortOf(
  bucket: Pick<BucketRecord, "lifecycle">,
  key: string,
  { initiatedMs }: Pick<UploadRecord, "initiatedMs">,
): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of active(bucket)) {
    const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
    if (days === undefined || !matches(rule, key, undefined)) continue;
    const atMs = dueMs(initiatedMs, days);
    if (!first || atMs < first.atMs) first = { atMs, ruleId: rule.ID ?? "" };
  }
  return first;
}

/** What the clock has decided of one key: its current object expires, versions go for good, or to another storage class. */
export interface Verdict {
  readonly expires: boolean;
  readonly removed: readonly Version[];
  readonly moved: readonly { readonly version: ObjectRecord; readonly storageClass: string }[];
}

/** @param versions all that there is of the key, from the newest to the oldest */
export function verdict(
  bucket: Pick<BucketRecord, "lifecycle" | "transitionMinimumSize">,
  key: string,
  versions: readonly ListedVersion[],
  nowMs: number,
): Verdict {
  const [latest, ...older] = versions.map(({ version }) => version);
  if (!latest) return { expires: false, removed: [], moved: [] };
  const rules = active(bucket);
  const moved: { version: ObjectRecord; storageClass: string }[] = [];
  const move = (version: Version, dueOf: (rule: StoredRule) => readonly DueTransition[]): void => {
    if (isDeleteMarker(version)) return;
    const due = rules.flatMap((rule) =>
      matches(rule, key, version) ? dueOf(rule).flatMap((one) => (one.atMs <= nowMs ? [{ ...one, rule }] : [])) : [],
    );
    const storageClass = due.length === 0 ? undefined : destinationOf(bucket, version, due);
    if (storageClass !== undefined) moved.push({ version, storageClass });
  };
  const removed = older.filter((version, index) => {
    const sinceMs = (index === 0 ? latest : older[index - 1])?.modifiedMs ?? nowMs;
    const ends = rules.some((rule) => endsNoncurrent(rule, key, version, index, sinceMs, nowMs));
    if (!ends) move(version, (rule) => noncurrentTransitions(rule, index, sinceMs));
    return ends;
  });
  if (!isDeleteMarker(latest)) {
    const expiry = expiryOf(bucket, key, latest);
    const expires = expiry !== undefined && expiry.atMs <= nowMs;
    if (!expires) move(latest, (rule) => transitions(rule, latest.modifiedMs));
    return { expires, removed, moved };
  }
  const isAlone = older.length === removed.length;
  if (isAlone && rules.some((rule) => endsMarker(rule, key, latest.modifiedMs, nowMs))) removed.push(latest);
  return { expires: false, removed, moved };
}

const transitions = ({ Transitions = [] }: StoredRule, sinceMs: number): DueTransition[] =>
  Transitions.map(({ Days = 0, dateMs, StorageClass = "STANDARD" }) => ({
    atMs: dateMs ?? dueMs(sinceMs, Days),
    storageClass: StorageClass,
  }));

const noncurrentTransitions = (
  { NoncurrentVersionTransitions = [] }: StoredRule,
  newerOnes: number,
  sinceMs: number,
): DueTransition[] =>
  NoncurrentVersionTransitions.flatMap(
    ({ NoncurrentDays = 0, NewerNoncurrentVersions: kept = 0, StorageClass = "STANDARD" }) =>
      newerOnes < kept ? [] : [{ atMs: dueMs(sinceMs, NoncurrentDays), storageClass: StorageClass }],
  );

function endsNoncurrent(
  rule: StoredRule,
  key: string,
  version: Version,
  newerOnes: number,
  sinceMs: number,
  nowMs: number,
): boolean {
  const { NoncurrentDays: days, NewerNoncurrentVersions: kept = 0 } = rule.NoncurrentVersionExpiration ?? {};
  if (days === undefined || newerOnes < kept || dueMs(sinceMs, days) > nowMs) return false;
  return matches(rule, key, isDeleteMarker(version) ? undefined : version);
}

/** A delete marker that hides nothing goes when it is asked for, or when it is as old as objects that expire. */
function endsMarker(rule: StoredRule, key: string, markedMs: number, nowMs: number): boolean {
  const { Days, dateMs, ExpiredObjectDeleteMarker: markers } = rule.Expiration ?? {};
  if (!matches(rule, key, undefined)) return false;
  if (markers === true) return true;
  if (dateMs !== undefined) return dateMs <= nowMs;
  return Days !== undefined && dueMs(markedMs, Days) <= nowMs;
}

/** The Expiration member of answers. */
export function expirationMember(bucket: BucketRecord, key: string, object: ObjectRecord): { Expiration?: string } {
  if (!bucket.lifecycle) return {};
  const expiry = expiryOf(bucket, key, object);
  if (!expiry) return {};
  const date = new Date(expiry.atMs).toUTCString();
  return { Expiration: `expiry-date="${date}", rule-id="${encodeURIComponent(expiry.ruleId)}"` };
}

/** The members of answers that say when an upload is aborted. */
export function abortMembers(
  bucket: BucketRecord,
  key: string,
  upload: Pick<UploadRecord, "initiatedMs">,
): { AbortDate?: Date; AbortRuleId?: string } {
  const abort = abortOf(bucket, key, upload);
  return abort ? { AbortDate: new Date(abort.atMs), AbortRuleId: abort.ruleId } : {};
}

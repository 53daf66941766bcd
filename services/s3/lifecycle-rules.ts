import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { Ids } from "../../emulator/runtime/ids.ts";
import type { StoredRule } from "./model.ts";
import { checkMidnight, checkTransitions } from "./lifecycle-transitions.ts";
import { invalidArgumentValue, invalidRequest, malformedXml } from "./errors.ts";

const MOST_RULES = 1000;
const LONGEST_ID = 255;
const MOST_NEWER_VERSIONS = 100;

type Filter = NonNullable<LifecycleRule["Filter"]>;

/**
 * The rules of a lifecycle configuration, checked; those without an id get one.
 * @throws AwsError MalformedXML, InvalidRequest, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function checkLifecycle(given: readonly LifecycleRule[] | undefined, ids: Ids): StoredRule[] {
  const rules = given ?? [];
  if (rules.length === 0 || rules.length > MOST_RULES) throw malformedXml();
  const seen = new Set<string>();
  return rules.map((rule) => {
    checkRule(rule);
    const ID = rule.ID ? rule.ID : Buffer.from(ids.hex(72), "hex").toString("base64");
    if (ID.length > LONGEST_ID) {
      throw invalidArgumentValue(`ID length should not exceed allowed limit of ${LONGEST_ID}`);
    }
    if (seen.has(ID)) throw invalidArgumentValue("Rule ID must be unique. Found same ID for one or more rules");
    seen.add(ID);
    return stored({ ...rule, ID });
  });
}

const stored = ({ Expiration, Transitions, ...rule }: LifecycleRule): StoredRule => ({
  ...rule,
  ...(Expiration && { Expiration: withMilliseconds(Expiration) }),
  ...(Transitions && { Transitions: Transitions.map(withMilliseconds) }),
});

const withMilliseconds = <T extends { Date?: Date | undefined }>({ Date: date, ...rest }: T) => ({
  ...rest,
  ...(date && { dateMs: date.getTime() }),
});

const withDate = <T extends { readonly dateMs?: number }>({ dateMs, ...rest }: T) => ({
  ...rest,
  ...(dateMs !== undefined && { Date: new Date(dateMs) }),
});

/** A kept rule as it is read back. */
export const ruleOf = ({ Expiration, Transitions, ...rule }: StoredRule): LifecycleRule => ({
  ...rule,
  ...(Expiration && { Expiration: withDate(Expiration) }),
  ...(Transitions && { Transitions: Transitions.map(withDate) }),
});

function checkRule(rule: LifecycleRule): void {
  const { Status, Prefix, Filter, Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule;
  if (Status !== "Enabled" && Status !== "Disabled") throw malformedXml();
  if ((Prefix === undefined) === (Filter === undefined)) throw malformedXml();
  if (Filter) checkFilter(Filter);
  const transitions = [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])];
  if (!Expiration && !NoncurrentVersionExpiration && !AbortIncompleteMultipartUpload && transitions.length === 0) {
    throw invalidRequest("At least one action needs to be specified in a rule");
  }
  if (Expiration) checkExpiration(Expiration, Filter);
  checkTransitions(rule);
  if (NoncurrentVersionExpiration) checkNoncurrent(NoncurrentVersionExpiration);
  if (AbortIncompleteMultipartUpload) {
    positive(
      AbortIncompleteMultipartUpload.DaysAfterInitiation,
      "DaysAfterInitiation",
      "AbortIncompleteMultipartUpload",
    );
    refuseNarrow(Filter, "AbortIncompleteMultipartUpload");
  }
}

/** One predicate, or two and more of them in an And. */
function checkFilter({ And, ...one }: Filter): void {
  const given = Object.values(one).filter((value) => value !== undefined).length + (And ? 1 : 0);
  if (given > 1) throw malformedXml();
  for (const { Key, Value } of [...(one.Tag ? [one.Tag] : []), ...(And?.Tags ?? [])]) {
    if (Key === undefined || Value === undefined) throw malformedXml();
  }
  if (!And) return;
  const { Prefix, Tags = [], ObjectSizeGreaterThan: greater, ObjectSizeLessThan: less } = And;
  const predicates = [Prefix, greater, less].filter((value) => value !== undefined).length + Tags.length;
  if (predicates < 2) throw malformedXml();
  if (new Set(Tags.map(({ Key }) => Key)).size < Tags.length) {
    throw invalidRequest("Duplicate Tag Keys are not allowed.");
  }
  if (greater !== undefined && less !== undefined && less <= greater) {
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.");
  }
}

function checkExpiration(
  { Days, Date: date, ExpiredObjectDeleteMarker: markers }: NonNullable<LifecycleRule["Expiration"]>,
  filter: Filter | undefined,
): void {
  if ([Days, date, markers].filter((value) => value !== undefined).length !== 1) throw malformedXml();
  if (Days !== undefined) positive(Days, "Days", "Expiration");
  if (date !== undefined) checkMidnight(date);
  if (markers !== undefined) refuseNarrow(filter, "ExpiredObjectDeleteMarker");
}

function checkNoncurrent({
  NoncurrentDays: days,
  NewerNoncurrentVersions: newer,
}: NonNullable<LifecycleRule["NoncurrentVersionExpiration"]>): void {
  if (days === undefined && newer === undefined) throw malformedXml();
  positive(days, "NoncurrentDays", "NoncurrentVersionExpiration");
  if (newer === undefined) return;
  positive(newer, "NewerNoncurrentVersions", "NoncurrentVersionExpiration");
  if (newer > MOST_NEWER_VERSIONS) {
    throw invalidArgumentValue(`'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must not exceed 100`);
  }
}

function positive(value: number | undefined, name: string, action: string): void {
  if (value !== undefined && Number.isInteger(value) && value > 0) return;
  throw invalidArgumentValue(`'${name}' for ${action} action must be a positive integer`);
}

/** Uploads and delete markers have neither tags nor a size. */
function refuseNarrow(filter: Filter | undefined, action: string): void {
  if (!filter) return;
  const { Tag, And, ObjectSizeGreaterThan, ObjectSizeLessThan } = filter;
  if (Tag || And?.Tags?.length) throw invalidRequest(`${action} cannot be specified with Tags.`);
  const sizes = [ObjectSizeGreaterThan, ObjectSizeLessThan, And?.ObjectSizeGreaterThan, And?.ObjectSizeLessThan];
  if (sizes.some((size) => size !== undefined)) {
    throw invalidRequest(`${action} cannot be specified with Object Size.`);
  }
}

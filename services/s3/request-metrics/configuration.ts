import type { MetricsConfiguration, Tag } from "@aws-sdk/client-s3";
import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidRequest, malformedXml } from "../errors.ts";
import type { BucketRecord, StoredMetrics, TagSet } from "../model.ts";
import { noSuchConfiguration, tooManyConfigurations } from "./errors.ts";

const MOST_CONFIGURATIONS = 1_000;
const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Members of a document may be missing, and more than one of a filter's be there. */
interface Given {
  readonly Id?: string;
  readonly Filter?: object;
}
interface Predicates {
  readonly Prefix?: string;
  readonly AccessPointArn?: string;
}
interface GivenFilter extends Predicates {
  readonly Tag?: Partial<Tag>;
  readonly And?: Predicates & { readonly Tags?: readonly Partial<Tag>[] };
}

/**
 * The configuration of a document, checked.
 * @throws AwsError MalformedXML, InvalidRequest, NotImplemented for access points
 */
export function readConfiguration(id: string | undefined, given: Given | undefined): StoredMetrics {
  if (id === undefined || given?.Id !== id || !ID.test(id)) throw malformedXml();
  return given.Filter === undefined ? { id } : { id, filter: readFilter(given.Filter) };
}

/** One predicate, or two and more of them in an And. */
function readFilter(given: GivenFilter): StoredMetrics["filter"] {
  const { Prefix, Tag: tag, AccessPointArn, And } = given;
  if ([Prefix, tag, AccessPointArn, And].filter((one) => one !== undefined).length !== 1) throw malformedXml();
  const all = And ?? given;
  const tags = readTags(And?.Tags ?? (tag ? [tag] : []));
  const predicates = [all.Prefix, all.AccessPointArn].filter((one) => one !== undefined).length + tags.length;
  if (And && predicates < 2) throw malformedXml();
  if (all.AccessPointArn !== undefined) throw unsupported("A filter of metrics by AccessPointArn");
  return { ...(all.Prefix !== undefined && { prefix: all.Prefix }), ...(tags.length > 0 && { tags }) };
}

function readTags(given: readonly Partial<Tag>[]): TagSet {
  const tags = given.map(({ Key, Value }) => {
    if (!Key || Value === undefined) throw malformedXml();
    return { Key, Value };
  });
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidRequest("Duplicate Tag Keys are not allowed.");
  }
  return tags;
}

/** A configuration as answers have it. */
export function configurationMember({ id, filter }: StoredMetrics): MetricsConfiguration {
  if (!filter) return { Id: id };
  const { prefix: Prefix, tags: Tags = [] } = filter;
  const [Tag] = Tags;
  const isOne = (Prefix === undefined ? 0 : 1) + Tags.length === 1;
  if (!isOne) return { Id: id, Filter: { And: { ...(Prefix !== undefined && { Prefix }), Tags } } };
  return { Id: id, Filter: Tag ? { Tag } : { Prefix: Prefix ?? "" } };
}

/** @throws AwsError NoSuchConfiguration */
export function configurationOf({ metrics = [] }: BucketRecord, id: string): StoredMetrics {
  const found = metrics.find((one) => one.id === id);
  if (!found) throw noSuchConfiguration();
  return found;
}

/** The bucket with one more configuration, or with this one in the place of that with its id. @throws AwsError TooManyConfigurations */
export function withConfiguration(bucket: BucketRecord, configuration: StoredMetrics): BucketRecord {
  const others = (bucket.metrics ?? []).filter(({ id }) => id !== configuration.id);
  if (others.length >= MOST_CONFIGURATIONS) throw tooManyConfigurations();
  const metrics = [...others, configuration].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ...bucket, metrics };
}

/** A bucket without metrics has no list of them either: its requests are not looked at. @throws AwsError NoSuchConfiguration */
export function withoutConfiguration(bucket: BucketRecord, id: string): BucketRecord {
  const gone = configurationOf(bucket, id);
  const { metrics: before = [], ...rest } = bucket;
  const metrics = before.filter((one) => one !== gone);
  return metrics.length > 0 ? { ...rest, metrics } : rest;
}

import type { InputOf } from "../../../emulator/model/sdk.ts";
import { list, object, refused, required, text, type Values } from "../../cloudformation/properties.ts";
import { type ProviderContext, sameValue, unless } from "../../cloudformation/provider.ts";

const members = {
  Id: required(text()),
  Prefix: text(),
  TagFilters: list(object({ Key: required(text()), Value: required(text()) })),
  AccessPointArn: refused(),
} as const;

/** The property MetricsConfigurations of a bucket. */
export const metricsProperty = list(object(members));

type Metrics = Values<typeof members>;
type Configuration = NonNullable<InputOf<"s3", "PutBucketMetricsConfiguration">["MetricsConfiguration"]>;

/** Each has a call of its own: those that differ are put, those that are gone are deleted. */
export async function putMetrics(
  { call }: ProviderContext,
  Bucket: string,
  after: readonly Metrics[] = [],
  before: readonly Metrics[] = [],
): Promise<void> {
  const find = (among: readonly Metrics[], id: string) => among.find(({ Id }) => Id === id);
  for (const { Id } of before) {
    if (find(after, Id)) continue;
    await unless(call("s3", "DeleteBucketMetricsConfiguration", { Bucket, Id }), "NoSuchConfiguration");
  }
  for (const one of after) {
    const { Id } = one;
    if (sameValue(find(before, Id), one)) continue;
    await call("s3", "PutBucketMetricsConfiguration", { Bucket, Id, MetricsConfiguration: configurationOf(one) });
  }
}

/** A filter of S3 has one predicate, or an And of several. */
function configurationOf({ Id, Prefix, TagFilters = [] }: Metrics): Configuration {
  const [Tag] = TagFilters;
  const count = (Prefix === undefined ? 0 : 1) + TagFilters.length;
  if (count === 0) return { Id };
  if (count > 1) return { Id, Filter: { And: { ...(Prefix !== undefined && { Prefix }), Tags: TagFilters } } };
  return { Id, Filter: Tag ? { Tag } : { Prefix: Prefix ?? "" } };
}

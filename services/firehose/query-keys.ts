import { partitionKeysIn } from "./delivery/prefix.ts";
import { invalidArgument } from "./errors.ts";
import type { Destination } from "./model.ts";
import { keysOfQuery } from "./processing/metadata.ts";
import { activeProcessor, parameter } from "./processors.ts";

/**
 * Checks the query of a destination's partition keys: jq can read it, and the prefix uses what it answers.
 * @throws AwsError InvalidArgumentException
 * @see https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
 */
export async function checkQuery(destination: Destination): Promise<void> {
  const query = parameter(activeProcessor(destination, "MetadataExtraction"), "MetadataExtractionQuery");
  if (query === undefined) return;
  const inPrefix = partitionKeysIn(destination.prefix).query;
  for (const key of await keysOfQuery(query)) {
    if (!inPrefix.includes(key)) {
      throw invalidArgument(
        "MetaDataExtraction JQ Query can't contain keys that are not present in the S3 Prefix expression",
      );
    }
  }
}

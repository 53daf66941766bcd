import type { Call, Host } from "../../../emulator/model/context.ts";
import { logError } from "../error-log.ts";
import { record } from "../metrics.ts";
import type { DeliveryStream, Entry, PartitionKeys, Scope, Segment } from "../model.ts";
import { streamArn } from "../names.ts";
import { activeProcessor, parameter } from "../processors.ts";
import { partitionKeysIn } from "../delivery/prefix.ts";
import { deAggregate } from "./de-aggregate.ts";
import { decompress } from "./decompress.ts";
import { isAlive, type Item } from "./item.ts";
import { extractMetadata, missingKeys } from "./metadata.ts";
import { transform, type Problem, type TransformScope } from "./transform.ts";

const MIB = 1024 * 1024;

export interface ProcessScope {
  readonly host: Host;
  readonly scope: Scope;
  readonly stream: DeliveryStream;
  callAs(roleArn: string): Call;
  sleep(ms: number): Promise<void>;
  /** The stream goes away: nobody waits for what becomes of the records. */
  isStopped(): boolean;
}

/** Whether records have to be looked at before they can be delivered. */
export const needsProcessing = ({ destination }: DeliveryStream): boolean =>
  destination.processing.enabled &&
  destination.processing.processors.some(({ type }) => type !== "AppendDelimiterToRecord");

/** When records are processed: the function's buffer, or at once. */
export function processBuffer({ destination }: DeliveryStream): { bytes: number; intervalMs: number } {
  const lambda = activeProcessor(destination, "Lambda");
  if (!lambda) return { bytes: MIB, intervalMs: 0 };
  return {
    bytes: Number(parameter(lambda, "BufferSizeInMBs")) * MIB,
    intervalMs: Number(parameter(lambda, "BufferIntervalInSeconds")) * 1000,
  };
}

/** The records of a segment, each with an id that is the same whenever the segment is processed. */
export function itemsOf({ number }: Entry, segment: Segment): Item[] {
  return segment.data.map((data, index) => {
    const place = segment.places?.[index];
    return {
      id: `49${String(number).padStart(42, "0")}${String(index).padStart(12, "0")}`,
      data,
      raw: data,
      arrivedAt: segment.arrivals?.[index] ?? segment.arrivedAt,
      ...(place && { place }),
    };
  });
}

/**
 * Leads records through the processors: decompression, de-aggregation, the function, the extraction of partition keys.
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html
 */
export async function processItems(of: ProcessScope, items: readonly Item[]): Promise<readonly Item[]> {
  const { destination } = of.stream;
  const now = () => of.host.clock.now();
  if (activeProcessor(destination, "Decompression")) {
    const extraction = parameter(activeProcessor(destination, "CloudWatchLogProcessing"), "DataMessageExtraction");
    decompress(items, extraction === "true", now());
    const failure = items.find((item) => item.failure)?.failure;
    if (failure) logProblem(of, failure);
  }
  const deAggregation = activeProcessor(destination, "RecordDeAggregation");
  const delimiter = parameter(deAggregation, "Delimiter");
  const whole = deAggregation
    ? deAggregate(items, delimiter === undefined ? undefined : Buffer.from(delimiter, "base64"))
    : items;

  const lambda = activeProcessor(destination, "Lambda");
  if (lambda) {
    await transform(transformScope(of), whole);
    reportTransformed(of, whole);
  }
  const query = parameter(activeProcessor(destination, "MetadataExtraction"), "MetadataExtractionQuery");
  if (query !== undefined) await extractMetadata(whole, query, now());
  if (destination.dynamicPartitioning?.enabled) requirePartitionKeys(of.stream, whole, now());
  return whole;
}

function transformScope(of: ProcessScope): TransformScope {
  const { host, scope, stream } = of;
  const lambda = activeProcessor(stream.destination, "Lambda");
  const lambdaArn = parameter(lambda, "LambdaArn") ?? "";
  const deliveryStreamArn = streamArn(scope, stream.name);
  return {
    lambdaArn,
    retries: Number(parameter(lambda, "NumberOfRetries")),
    mostBytes: Number(parameter(lambda, "BufferSizeInMBs")) * MIB,
    deliveryStreamArn,
    region: scope.region,
    ...(stream.source && { sourceStreamArn: stream.source.streamArn }),
    call: of.callAs(parameter(lambda, "RoleArn") ?? stream.destination.roleArn),
    now: () => host.clock.now(),
    uuid: () => host.ids.uuid(),
    sleep: (ms) => of.sleep(ms),
    onAttempt: ({ durationMs, failure, cause }) => {
      record(host, scope, stream.name, {
        "ExecuteProcessing.Duration": durationMs,
        "ExecuteProcessing.Success": failure ? 0 : 1,
      });
      if (failure) logProblem(of, { ...failure, lambdaArn }, cause);
    },
    onAnswer: (problem) => logProblem(of, { ...problem, lambdaArn }),
  };
}

/**
 * Tells the error log what keeps records from being delivered: one line for all of them.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
function logProblem(
  of: ProcessScope,
  { message, code, lambdaArn }: Problem & { readonly lambdaArn?: string },
  cause?: Error,
): void {
  const { host, scope, stream } = of;
  if (of.isStopped()) return;
  const { bucketArn, roleArn, logging } = stream.destination;
  const error = {
    deliveryStreamARN: streamArn(scope, stream.name),
    destination: bucketArn,
    deliveryStreamVersionId: stream.version,
    message,
    errorCode: code,
    ...(lambdaArn !== undefined && { processor: lambdaArn }),
  };
  logError(host, of.callAs(roleArn), logging, error, cause);
}

function reportTransformed({ host, scope, stream }: ProcessScope, items: readonly Item[]): void {
  const done = items.filter(isAlive);
  record(host, scope, stream.name, {
    "SucceedProcessing.Records": done.length,
    "SucceedProcessing.Bytes": done.reduce((sum, { raw }) => sum + raw.byteLength, 0),
  });
}

/** Every key that the prefix names has to have a value. */
function requirePartitionKeys({ destination }: DeliveryStream, items: readonly Item[], nowMs: number): void {
  const { query, lambda } = partitionKeysIn(destination.prefix);
  for (const item of items.filter(isAlive)) {
    const isWhole = query.every((name) => item.queryKeys?.[name]) && lambda.every((name) => item.lambdaKeys?.[name]);
    if (!isWhole) item.failure = missingKeys(nowMs);
  }
}

/** How records are told apart by their partition; undefined without dynamic partitioning. */
export function partitioner({ destination }: DeliveryStream): ((item: Item) => PartitionKeys) | undefined {
  if (!destination.dynamicPartitioning?.enabled) return undefined;
  const { query, lambda } = partitionKeysIn(destination.prefix);
  return ({ queryKeys, lambdaKeys }) => ({ query: pick(queryKeys, query), lambda: pick(lambdaKeys, lambda) });
}

/** What the prefix does not ask for makes no difference. */
const pick = (keys: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, keys[name] ?? ""]));

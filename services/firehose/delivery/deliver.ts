import type { Call, Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { BufferStore } from "../buffer-store.ts";
import { logError } from "../error-log.ts";
import { record } from "../metrics.ts";
import type { DeliveryStream, Entry, LaneId, PartitionKeys, S3Target, Scope, Sealed, Segment } from "../model.ts";
import { bucketOf, streamArn } from "../names.ts";
import { activeProcessor } from "../processors.ts";
import { objectBody } from "./body.ts";
import { s3Failure } from "./error-texts.ts";
import { objectName } from "./object-name.ts";
import { evaluateErrorPrefix, evaluatePrefix, type PrefixValues } from "./prefix.ts";

const MIB = 1024 * 1024;
const RANDOM_CHARACTERS = 11;
/** How long a record is kept when its object cannot be written. */
const RETENTION_MS = 24 * 3600 * 1000;

export interface DeliveryScope {
  readonly host: Host;
  readonly scope: Scope;
  readonly buffers: BufferStore;
  /** As it is now. */
  stream(): DeliveryStream;
  callAs(roleArn: string): Call;
  /** The stream is deleted, or the emulator stops. */
  isStopped(): boolean;
  /** Takes over what a partition's prefix does not take. @returns whether it did */
  giveUp(lane: LaneId, entries: readonly Entry[], sealed: Sealed, error: Error): boolean;
}

/**
 * Writes the first entries of a lane as one object. Its key is decided and kept before: another attempt, also after a kill,
 * overwrites the same object.
 * @returns the number of entries that are done; 0: to be tried again
 */
export async function deliver(of: DeliveryScope, lane: LaneId, entries: readonly Entry[]): Promise<number> {
  const { buffers, host } = of;
  const sealed = buffers.sealed(lane) ?? seal(of, lane, entries);
  const mine = entries.filter(({ number }) => number <= sealed.lastNumber);
  let sourceBytes = 0;
  const { body, contentEncoding } = objectBody(
    segments(buffers, lane, mine, (segment, bytes) => (sourceBytes += segment.sourceBytes ?? bytes)),
    sealed,
  );
  const call = of.callAs(sealed.target.roleArn);
  const Bucket = bucketOf(sealed.target.bucketArn);
  try {
    await findBucket(call, Bucket);
    await call("s3", "PutObject", {
      Bucket,
      Key: sealed.key,
      Body: body as Uint8Array,
      ContentType: "application/octet-stream",
      ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
    });
  } catch (error) {
    if (of.isStopped()) return 0;
    return failed(of, lane, mine, sealed, error as Error);
  }
  if (of.isStopped() && of.stream().status === "DELETING") return 0;
  buffers.write(() => {
    buffers.remove(lane, mine);
    buffers.unseal(lane);
  });
  const prefix = metricPrefix(lane);
  record(host, of.scope, of.stream().name, {
    [`${prefix}.Success`]: 1,
    [`${prefix}.Records`]: sealed.count,
    [`${prefix}.Bytes`]: sourceBytes,
    [`${prefix}.DataFreshness`]: Math.max(0, host.clock.now() - sealed.arrivedAt) / 1000,
    ...(of.stream().destination.dynamicPartitioning?.enabled && { [`${prefix}.ObjectCount`]: 1 }),
  });
  return mine.length;
}

/**
 * Looks where the bucket is and whether it is there, for which the role needs s3:GetBucketLocation and s3:ListBucket.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
 */
async function findBucket(call: Call, Bucket: string): Promise<void> {
  await call("s3", "GetBucketLocation", { Bucket });
  await call("s3", "HeadBucket", { Bucket });
}

const metricPrefix = ({ kind }: LaneId): string => (kind === "backup" ? "BackupToS3" : "DeliveryToS3");

function* segments(
  buffers: BufferStore,
  lane: LaneId,
  entries: readonly Entry[],
  onSegment: (segment: Segment, bytes: number) => void,
): Generator<readonly Uint8Array[]> {
  for (const entry of entries) {
    const segment = buffers.get(lane, entry);
    onSegment(segment, entry.bytes);
    yield segment.data;
  }
}

/** Decides what the next object of a lane is. */
function seal(of: DeliveryScope, lane: LaneId, entries: readonly Entry[]): Sealed {
  const { buffers, host } = of;
  const { destination, name, version } = of.stream();
  const target = targetOf(of.stream(), lane);
  const taken: Entry[] = [];
  let bytes = 0;
  let count = 0;
  for (const entry of entries) {
    taken.push(entry);
    bytes += entry.bytes;
    count += entry.count;
    if (bytes >= target.buffering.sizeMiB * MIB) break;
  }
  const first = buffers.get(lane, taken[0] as Entry);
  const at = taken.reduce((oldest, { arrivedAt }) => Math.min(oldest, arrivedAt), first.arrivedAt);
  const zone = destination.timeZone || "UTC";
  const uuid = host.ids.uuid();
  const { compression } = target;
  const { fileExtension } = lane.kind === "backup" ? {} : destination;
  const sealed: Sealed = {
    key:
      keyPrefix(of, lane, target, { at, zone, partition: first.partition }) +
      objectName({ stream: name, version, at, zone, uuid, compression, fileExtension }),
    target,
    version,
    lastNumber: taken.at(-1)?.number ?? 0,
    arrivedAt: at,
    sealedAt: host.clock.now(),
    bytes,
    count,
    delimited: lane.kind === "deliver" && activeProcessor(destination, "AppendDelimiterToRecord") !== undefined,
  };
  buffers.seal(lane, sealed);
  return sealed;
}

const targetOf = ({ destination }: DeliveryStream, { kind }: LaneId): S3Target => {
  const target = kind === "backup" ? (destination.backup ?? destination) : destination;
  const { roleArn, bucketArn, prefix, errorOutputPrefix, buffering, compression, logging } = target;
  return {
    roleArn,
    bucketArn,
    buffering,
    compression,
    logging,
    ...(prefix !== undefined && { prefix }),
    ...(errorOutputPrefix !== undefined && { errorOutputPrefix }),
  };
};

function keyPrefix(
  { host }: DeliveryScope,
  lane: LaneId,
  target: S3Target,
  { at, zone, partition }: { at: number; zone: string; partition: PartitionKeys | undefined },
): string {
  const values: PrefixValues = {
    at,
    zone,
    randomString: () => host.ids.hex(RANDOM_CHARACTERS),
    ...(partition && { partition }),
  };
  return lane.kind === "error"
    ? evaluateErrorPrefix(target, { ...values, errorOutputType: lane.part })
    : evaluatePrefix(target.prefix, values);
}

function failed(of: DeliveryScope, lane: LaneId, entries: readonly Entry[], sealed: Sealed, error: Error): number {
  const { buffers, host } = of;
  const stream = of.stream();
  const deliveryStreamARN = streamArn(of.scope, stream.name);
  if (!(error instanceof AwsError))
    host.log.error("delivery stream cannot write an object", { deliveryStreamARN, error });
  const { code, message } = s3Failure(error);
  const logged = {
    deliveryStreamARN,
    destination: sealed.target.bucketArn,
    deliveryStreamVersionId: sealed.version,
    message,
    errorCode: code,
  };
  logError(host, of.callAs(sealed.target.roleArn), sealed.target.logging, logged, error);
  record(host, of.scope, stream.name, { [`${metricPrefix(lane)}.Success`]: 0 });
  if (of.giveUp(lane, entries, sealed, error)) return entries.length;
  if (host.clock.now() - sealed.arrivedAt >= RETENTION_MS) {
    host.log.warn("delivery stream gives up records that could not be delivered for 24 hours", {
      deliveryStreamARN,
      records: sealed.count,
      errorCode: code,
    });
    buffers.write(() => {
      buffers.remove(lane, entries);
      buffers.unseal(lane);
    });
    return entries.length;
  }
  // what failed was not written: new settings may make another object of it
  if (sealed.version !== stream.version) buffers.unseal(lane);
  return 0;
}

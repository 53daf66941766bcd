import {
  DryRunOperationException$,
  ExpiredIteratorException$,
  ExpiredNextTokenException$,
  InvalidArgumentException$,
  LimitExceededException$,
  ResourceInUseException$,
  ResourceNotFoundException$,
  ValidationException$,
} from "@aws-sdk/client-kinesis";
import { AwsError } from "../../emulator/model/errors.ts";
import type { StreamStatus } from "./model.ts";
import { shardId } from "./shard-id.ts";

interface Scope {
  readonly account: string;
  readonly region: string;
}

const invalidArgument = (message: string) => new AwsError(InvalidArgumentException$, message);
const notFound = (message: string) => new AwsError(ResourceNotFoundException$, message);
const limitExceeded = (message: string) => new AwsError(LimitExceededException$, message);
const validation = (message: string) => new AwsError(ValidationException$, message);

// Streams

export const streamNotFound = (name: string, account: string) =>
  notFound(`Stream ${name} under account ${account} not found.`);

export const streamExists = (name: string, account: string) =>
  new AwsError(ResourceInUseException$, `Stream ${name} under account ${account} already exists.`);

export const streamNotActive = (name: string, account: string, status: StreamStatus) =>
  new AwsError(
    ResourceInUseException$,
    `Stream ${name} under account ${account} not ACTIVE, instead in state ${status}`,
  );

export const noStreamGiven = () => invalidArgument("Either StreamName or StreamARN must be provided.");

export const streamMismatch = (name: string, arn: string) =>
  invalidArgument(`StreamName ${name} does not match the stream of StreamARN ${arn}.`);

export const notAStreamArn = (arn: string) => invalidArgument(`ResourceARN ${arn} is not the ARN of a data stream.`);

export const tooManyCreating = (account: string, limit: number) =>
  limitExceeded(
    `This request would exceed the limit of ${limit} streams in the CREATING state for the account ${account}.`,
  );

export const tooManyOnDemandStreams = (scope: Scope, current: number, limit: number) =>
  limitExceeded(
    `This request would exceed the on-demand stream limit for the account ${scope.account} in ${scope.region}. ` +
      `Current on-demand stream count for the account: ${current}. Limit: ${limit}.`,
  );

export const shardLimitExceeded = (scope: Scope, current: number, limit: number, additional: number) =>
  limitExceeded(
    `This request would exceed the shard limit for the account ${scope.account} in ${scope.region}. ` +
      `Current shard count for the account: ${current}. Limit: ${limit}. ` +
      `Number of additional shards that would have resulted from this request: ${additional}. ` +
      "Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) " +
      "for current limits and how to request higher limits.",
  );

export const shardCountMissing = () => validation("ShardCount must be provided when the stream mode is PROVISIONED.");

export const shardCountOnDemand = () =>
  validation("ShardCount must not be provided when the stream mode is ON_DEMAND.");

export const onDemandStream = (name: string, account: string) =>
  validation(`Request is invalid. Stream ${name} under account ${account} is in On-Demand mode.`);

export const tooManyModeChanges = (name: string, account: string) =>
  limitExceeded(`Stream ${name} under account ${account} can switch between capacity modes only twice in 24 hours.`);

export const strategyProvisioned = (name: string, account: string) =>
  invalidArgument(
    `Stream ${name} under account ${account} is in Provisioned mode, which has no record distribution strategy AUTO.`,
  );

// Policies

export const invalidPolicy = (why: string) => invalidArgument(`The resource policy is not valid: ${why}.`);

export const policyNotFound = (resourceArn: string) =>
  notFound(`No resource policy found for resource ARN ${resourceArn}`);

// Retention

export const retentionTooShort = (hours: number) =>
  invalidArgument(
    `Minimum allowed retention period is 24 hours. Requested retention period (${hours} hours) is too short.`,
  );

export const retentionTooLong = (hours: number) =>
  invalidArgument(
    `Maximum allowed retention period is 8760 hours. Requested retention period (${hours} hours) is too long.`,
  );

export const retentionNotLonger = (name: string, requested: number, existing: number) =>
  invalidArgument(
    `Requested retention period (${requested} hours) for stream ${name} can not be shorter than existing retention ` +
      `period (${existing} hours). Use DecreaseRetentionPeriod API.`,
  );

export const retentionNotShorter = (name: string, requested: number, existing: number) =>
  invalidArgument(
    `Requested retention period (${requested} hours) for stream ${name} can not be longer than existing retention ` +
      `period (${existing} hours). Use IncreaseRetentionPeriod API.`,
  );

// Tags

export const tagCharacters = () =>
  invalidArgument(
    "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.",
  );

export const reservedTagKey = (name: string, account: string) =>
  invalidArgument(
    `Failed to add tags to stream ${name} under account ${account} because tag keys that begin with aws: are reserved ` +
      "for AWS use.",
  );

export const tooManyTags = (name: string, account: string, limit: number) =>
  invalidArgument(
    `Failed to add tags to stream ${name} under account ${account} because a given stream cannot have more than ` +
      `${limit} tags associated with it.`,
  );

// Shards

export const shardNotFound = (id: string, name: string, account: string) =>
  notFound(`Could not find shard ${id} in stream ${name} under account ${account}.`);

export const shardDoesNotExist = (number: number, name: string, account: string) =>
  notFound(`Shard ${shardId(number)} in stream ${name} under account ${account} does not exist`);

export const splitPointOutside = (
  at: string,
  shard: number,
  name: string,
  account: string,
  range: { readonly start: string; readonly end: string },
) =>
  invalidArgument(
    `NewStartingHashKey ${at} used in SplitShard() on shard ${shardId(shard)} in stream ${name} under account ` +
      `${account} is not both greater than one plus the shard's StartingHashKey ${range.start} and less than the ` +
      `shard's EndingHashKey ${range.end}.`,
  );

export const shardClosed = (shard: number, name: string, account: string) =>
  invalidArgument(
    `Shard ${shardId(shard)} in stream ${name} under account ${account} has already been merged or split, ` +
      "and thus is not eligible for merging or splitting.",
  );

export const notAdjacent = (shard: number, other: number, name: string, account: string) =>
  invalidArgument(
    `Shards ${shardId(shard)} and ${shardId(other)} in stream ${name} under account ${account} are not an adjacent ` +
      "pair of shards eligible for merging",
  );

const scaling = (what: string, current: number, target: number) =>
  limitExceeded(`${what} Current open shard count: ${current}, Target shard count: ${target}`);

export const scalesOverDouble = (current: number, target: number) =>
  scaling("UpdateShardCount cannot scale up over double your current open shard count.", current, target);

export const scalesBelowHalf = (current: number, target: number) =>
  scaling("UpdateShardCount cannot scale down below half your current open shard count.", current, target);

export const scalesOverLimit = (limit: number, current: number, target: number) =>
  scaling(`Target shard count or number of open shards cannot be greater than ${limit}.`, current, target);

export const tooManyScalings = (name: string, account: string, limit: number) =>
  limitExceeded(
    `Stream ${name} under account ${account} has reached the limit of ${limit} UpdateShardCount calls in a rolling ` +
      "24-hour period.",
  );

export const shardFilterNeeds = (type: string, member: "ShardId" | "Timestamp") =>
  invalidArgument(`ShardFilter with Type ${type} requires ${member}.`);

export const shardFilterForbids = (type: string, member: "ShardId" | "Timestamp") =>
  invalidArgument(`ShardFilter with Type ${type} must not have ${member}.`);

export const tokenWith = (member: string) => invalidArgument(`NextToken and ${member} cannot be provided together.`);

export const filterWithStart = () =>
  invalidArgument("ExclusiveStartShardId and ShardFilter cannot be provided together.");

export const invalidNextToken = () => invalidArgument("Invalid NextToken.");

export const expiredNextToken = () => new AwsError(ExpiredNextTokenException$, "NextToken has expired.");

// Records

export const dryRun = () =>
  new AwsError(DryRunOperationException$, "The request was rejected because the DryRun parameter was specified.");

const member = (index: number | undefined) => (index === undefined ? "data" : `records.${index + 1}.member.data`);

/** `index` is the place in PutRecords, from 0; undefined for PutRecord. */
export const dataTooLong = (index: number | undefined, sizeBytes: number, limitBytes: number) =>
  validation(
    `1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=${sizeBytes} cap=${sizeBytes}]' at ` +
      `'${member(index)}' failed to satisfy constraint: Member must have length less than or equal to ${limitBytes}`,
  );

export const recordTooLong = (index: number | undefined, limitBytes: number) =>
  invalidArgument(
    `The data and the partition key of ${index === undefined ? "the record" : `record ${index + 1}`} together exceed ` +
      `the maximum record size of ${limitBytes} bytes.`,
  );

export const requestTooLong = (limitMiB: number) => invalidArgument(`Records size exceeds ${limitMiB} MB limit`);

export const invalidHashKey = (value: string) =>
  invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${value}`,
  );

export const invalidOrdering = (sequenceNumber: string, name: string, account: string) =>
  invalidArgument(
    `ExclusiveMinimumSequenceNumber ${sequenceNumber} used in PutRecord on stream ${name} under account ${account} ` +
      "is invalid.",
  );

// Iterators

const startingPosition = (rest: string) =>
  invalidArgument(
    "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or " +
      `(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${rest}.`,
  );

export const sequenceNumberMissing = (type: string) => startingPosition(`${type} and no StartingSequenceNumber`);

export const sequenceNumberNotExpected = (type: string) =>
  startingPosition(`${type} and also a StartingSequenceNumber`);

export const timestampMissing = () =>
  invalidArgument(
    "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp " +
      "parameter.",
  );

export const timestampInFuture = (timestamp: number, now: number) =>
  invalidArgument(
    "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. " +
      `timestampInMillis: ${timestamp}, currentTimestampInMillis: ${now}`,
  );

export const wrongShard = (encoded: number, used: number) =>
  invalidArgument(
    `Invalid StartingSequenceNumber. It encodes ${shardId(encoded)}, while it was used in a call to a shard with ` +
      shardId(used),
  );

export const invalidStartingSequenceNumber = (
  value: string,
  operation: "GetShardIterator" | "SubscribeToShard",
  shard: number,
  name: string,
  account: string,
  reason?: "because it did not come from this stream",
) =>
  invalidArgument(
    `StartingSequenceNumber ${value} used in ${operation} on shard ${shardId(shard)} in stream ${name} under ` +
      `account ${account} is invalid${reason ? ` ${reason}` : ""}.`,
  );

export const invalidIterator = () => invalidArgument("Invalid ShardIterator.");

export const iteratorOfOtherStream = () => invalidArgument("The ShardIterator does not belong to the StreamARN.");

export const expiredIterator = (createdAt: number, now: number, lifetimeMs: number) =>
  new AwsError(
    ExpiredIteratorException$,
    `Iterator expired. The iterator was created at time ${utc(createdAt)} while right now it is ${utc(now)} which is ` +
      `further in the future than the tolerated delay of ${lifetimeMs} milliseconds.`,
  );

/** Thu Jan 22 01:22:02 UTC 2015 */
function utc(ms: number): string {
  const [weekday = "", day, month, year, time] = new Date(ms).toUTCString().split(" ");
  return `${weekday.replace(",", "")} ${month} ${day} ${time} UTC ${year}`;
}

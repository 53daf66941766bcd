import { isObject, type Evaluated } from "../../../services/cloudformation/template/value.ts";
import { refersTo, type Resource } from "../../deployment/evaluated-template.ts";
import { PRICES } from "./prices.ts";
import { ASSUMED, type Workload } from "./workload.ts";

/** What a resource costs, in US dollars. */
export interface Cost {
  /** What is paid for: "2 shards". */
  readonly for: string;
  /** A month, while nothing happens. */
  readonly idle: number;
  /** A million events, and to keep them for a month. */
  readonly perMillion: number;
}

/** What a resource's costs depend on beside itself. */
export interface Surroundings {
  readonly resources: readonly Resource[];
  readonly workload: Workload;
}

type CostOf = (resource: Resource, around: Surroundings) => Cost;

const HOURS = 730;
const MILLION = 1e6;
const GB = 2 ** 30;
const EVENTS_GB = (MILLION * ASSUMED.eventBytes) / GB;

const { kinesis, firehose, lambda, apiGateway, dynamodb, s3, cloudwatch, sqs, kms } = PRICES;

/** Operations of a resource for an event. */
const operations = ({ id }: Resource, { workload }: Surroundings): number => workload.operations[id] ?? 1;

const number = (value: Evaluated | undefined, otherwise: number): number => {
  const read = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  return Number.isNaN(read) ? otherwise : read;
};

const member = (value: Evaluated | undefined, name: string): Evaluated | undefined =>
  isObject(value) ? (value as Readonly<Record<string, Evaluated>>)[name] : undefined;

const list = (value: Evaluated | undefined): readonly Evaluated[] => (Array.isArray(value) ? value : []);

const isTrue = (value: Evaluated | undefined): boolean => String(value) === "true";

const ofType = ({ resources }: Surroundings, type: string): readonly Resource[] =>
  resources.filter((each) => each.type === type);

const stream: CostOf = ({ id, properties }, around) => {
  const readers = ofType(around, "AWS::Lambda::EventSourceMapping").filter((each) =>
    refersTo(each.properties["EventSourceArn"], id),
  ).length;
  // whoever writes or reads asks KMS for the data key every five minutes
  const keyRequests = properties["StreamEncryption"] === undefined ? 0 : (1 + readers) * 12 * HOURS;
  const keys = (keyRequests / 10_000) * kms.tenThousandRequests;
  if (member(properties["StreamModeDetails"], "StreamMode") === "ON_DEMAND") {
    return {
      for: "on demand",
      idle: HOURS * kinesis.onDemandStreamHour + keys,
      perMillion: EVENTS_GB * (kinesis.onDemandGbIn + readers * kinesis.onDemandGbOut),
    };
  }
  const shards = number(properties["ShardCount"], 1);
  const extended = number(properties["RetentionPeriodHours"], 24) > 24 ? kinesis.extendedRetentionShardHour : 0;
  return {
    for: shards === 1 ? "1 shard" : `${shards} shards`,
    idle: shards * HOURS * (kinesis.shardHour + extended) + keys,
    perMillion: kinesis.millionPutUnits,
  };
};

/** A transaction writes each item twice: to prepare and to commit. */
const TRANSACTIONAL_UNITS = 2;

const table: CostOf = (resource, around) => {
  const { properties } = resource;
  const copies =
    1 + list(properties["GlobalSecondaryIndexes"]).length + list(properties["LocalSecondaryIndexes"]).length;
  const writes = operations(resource, around) * copies;
  const unitsAWrite = around.workload.transactional?.includes(resource.id) ? TRANSACTIONAL_UNITS : 1;
  const recovers = isTrue(member(properties["PointInTimeRecoverySpecification"], "PointInTimeRecoveryEnabled"));
  const kept = writes * EVENTS_GB * (dynamodb.storedGb + (recovers ? dynamodb.recoveryGb : 0));
  if (properties["BillingMode"] === "PAY_PER_REQUEST") {
    return {
      for: copies === 1 ? "on demand" : `on demand, ${copies - 1} indexes`,
      idle: 0,
      perMillion: writes * unitsAWrite * dynamodb.millionWrites + kept,
    };
  }
  const units = [properties, ...list(properties["GlobalSecondaryIndexes"])].map((each) => {
    const throughput = member(each, "ProvisionedThroughput");
    return {
      read: number(member(throughput, "ReadCapacityUnits"), 0),
      write: number(member(throughput, "WriteCapacityUnits"), 0),
    };
  });
  const read = units.reduce((sum, each) => sum + each.read, 0);
  const write = units.reduce((sum, each) => sum + each.write, 0);
  return {
    for: `${read} read and ${write} write units`,
    idle: HOURS * (read * dynamodb.readUnitHour + write * dynamodb.writeUnitHour),
    perMillion: kept,
  };
};

const functionCost: CostOf = (resource, around) => {
  const memory = number(resource.properties["MemorySize"], 128);
  const isArm = list(resource.properties["Architectures"]).includes("arm64");
  const gbSeconds = (memory / 1024) * ASSUMED.invocationSeconds * MILLION;
  const million = lambda.millionRequests + gbSeconds * (isArm ? lambda.gbSecondArm : lambda.gbSecondX86);
  return { for: `${memory} MB`, idle: 0, perMillion: operations(resource, around) * million };
};

const bucket: CostOf = (resource, around) => {
  const objects = operations(resource, around);
  const kept = objects === 0 ? 0 : EVENTS_GB * s3.storedGb;
  return { for: "objects", idle: 0, perMillion: (objects * MILLION * s3.thousandPuts) / 1000 + kept };
};

/**
 * Five metrics of each method, where a stage has them in detail: paid for while there are calls, at most for all of the month
 * that the events come in. OPTIONS methods are left out: only browsers of pages of other origins call them.
 */
const stage: CostOf = ({ properties }, around) => {
  const isDetailed = list(properties["MethodSettings"]).some((each) => isTrue(member(each, "MetricsEnabled")));
  const methods = ofType(around, "AWS::ApiGateway::Method").filter(
    (each) => each.properties["HttpMethod"] !== "OPTIONS",
  );
  const metrics = isDetailed ? 5 * methods.length : 0;
  return { for: `up to ${metrics} metrics`, idle: 0, perMillion: metrics * cloudwatch.metric };
};

const logGroup: CostOf = ({ id, properties }, around) => {
  const writer = ofType(around, "AWS::Lambda::Function").find(
    (each) => `/aws/lambda/${String(each.properties["FunctionName"])}` === properties["LogGroupName"],
  );
  const takesAccess = ofType(around, "AWS::ApiGateway::Stage").some((each) =>
    refersTo(each.properties["AccessLogSetting"], id),
  );
  const bytes =
    (writer ? operations(writer, around) * ASSUMED.logBytesAnInvocation : 0) +
    (takesAccess ? ASSUMED.logBytesACall : 0);
  return { for: "lines", idle: 0, perMillion: ((MILLION * bytes) / GB) * cloudwatch.logGb };
};

const alarm: CostOf = ({ properties }) => {
  const metrics = list(properties["Metrics"]).filter((each) => member(each, "MetricStat") !== undefined);
  const count = Math.max(1, metrics.length);
  const isQuick = number(properties["Period"], 60) < 60;
  return {
    for: isQuick ? "high resolution" : "alarm",
    idle: count * (isQuick ? cloudwatch.quickAlarm : cloudwatch.alarm),
    perMillion: 0,
  };
};

const fixed =
  (what: string, idle: number, perMillion = 0): CostOf =>
  (resource, around) => ({ for: what, idle, perMillion: perMillion * operations(resource, around) });

/** Firehose counts a record as 5 KB at least. */
const FIREHOSE_UNIT = 5 * 1024;

/** The types that cost something, and what. */
export const COSTS: Readonly<Record<string, CostOf>> = {
  "AWS::ApiGateway::RestApi": fixed("calls", 0, apiGateway.millionCalls),
  "AWS::ApiGateway::Stage": stage,
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::CloudWatch::CompositeAlarm": fixed("composite alarm", cloudwatch.compositeAlarm),
  "AWS::CloudWatch::Dashboard": fixed("dashboard", cloudwatch.dashboard),
  "AWS::DynamoDB::Table": table,
  "AWS::KMS::Key": fixed("key", kms.key),
  "AWS::Kinesis::Stream": stream,
  "AWS::KinesisFirehose::DeliveryStream": fixed(
    "records",
    0,
    ((MILLION * Math.ceil(ASSUMED.eventBytes / FIREHOSE_UNIT) * FIREHOSE_UNIT) / GB) * firehose.gb,
  ),
  "AWS::Lambda::Function": functionCost,
  "AWS::Logs::LogGroup": logGroup,
  // paid for while lines come in
  "AWS::Logs::MetricFilter": fixed("metric", 0, cloudwatch.metric),
  "AWS::S3::Bucket": bucket,
  // sent, received, deleted
  "AWS::SQS::Queue": fixed("messages", 0, 3 * sqs.millionRequests),
};

/** The types that cost nothing by themselves. */
export const FREE =
  /^AWS::(IAM::.*|CloudFormation::.*|ApiGateway::(?!RestApi$|Stage$).*|Lambda::(?!Function$).*|Logs::(LogStream|SubscriptionFilter)|S3::BucketPolicy|SNS::.*|SQS::QueuePolicy)$/;

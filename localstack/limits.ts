/** Something that LocalStack's free edition does not do as AWS does. */
export interface Limit {
  /** What AWS does. */
  readonly aws: string;
  /** What LocalStack does instead, as localstack/limits.test.ts shows it. */
  readonly localstack: string;
  /** Settings of templates that therefore have no effect. */
  readonly settings?: readonly Setting[];
  /** Types of resources of which a stack's update therefore changes nothing. */
  readonly updatesOf?: readonly string[];
}

/** A property of a type of resource. */
export interface Setting {
  readonly type: string;
  /** With dots where it is inside of another one. */
  readonly property: string;
  /** Which of its values have no effect; all, unless said. */
  readonly isLost?: (value: unknown) => boolean;
}

const setting = (type: string, ...properties: string[]): Setting[] =>
  properties.map((property) => ({ type, property }));

const has =
  (...names: string[]) =>
  (value: unknown) =>
    names.includes(String(value));

const DELIVERY = "AWS::KinesisFirehose::DeliveryStream";
const S3_DESTINATION = "ExtendedS3DestinationConfiguration";

/** The limits of LocalStack 4.14.0 that these pipelines meet. */
export const LIMITS = {
  bisect: {
    aws: "Lambda halves a batch that failed until the failing record is alone.",
    localstack:
      "The batch is tried again as it is, and then given up from its first failing record on, neighbours included.",
    settings: setting("AWS::Lambda::EventSourceMapping", "BisectBatchOnFunctionError"),
  },
  parallelization: {
    aws: "Lambda handles as many batches of a shard at a time as ParallelizationFactor says.",
    localstack: "It handles one batch at a time for all shards of a stream.",
    settings: [
      {
        type: "AWS::Lambda::EventSourceMapping",
        property: "ParallelizationFactor",
        isLost: (value) => Number(value) !== 1,
      },
    ],
  },
  "failure-payload": {
    aws: "The account of a failed batch in S3 holds the event as JSON text.",
    localstack: "It holds the event as an object.",
  },
  "stack-updates": {
    aws: "CloudFormation changes the resources of a stack to what its new template says.",
    localstack:
      "Of tables, streams, buckets, log groups, alarms and parts of APIs, the update is told as done and changes nothing.",
    updatesOf: [
      "AWS::ApiGateway::GatewayResponse",
      "AWS::ApiGateway::RestApi",
      "AWS::ApiGateway::Stage",
      "AWS::CloudWatch::Alarm",
      "AWS::DynamoDB::Table",
      "AWS::Kinesis::Stream",
      "AWS::Logs::LogGroup",
      "AWS::S3::Bucket",
    ],
  },
  "unset-settings": {
    aws: "CloudFormation gives a resource every setting that its template has.",
    localstack: "Some settings are dropped: the resource is made without them.",
    settings: [
      ...setting("AWS::Kinesis::Stream", "StreamEncryption", "Tags"),
      { type: "AWS::Kinesis::Stream", property: "RetentionPeriodHours", isLost: (value) => Number(value) !== 24 },
      ...setting("AWS::Logs::LogGroup", "RetentionInDays", "Tags"),
      ...setting("AWS::S3::Bucket", "LifecycleConfiguration"),
      ...setting(DELIVERY, "DeliveryStreamEncryptionConfigurationInput"),
      ...setting("AWS::ApiGateway::Stage", "AccessLogSetting", "MethodSettings"),
      { type: "AWS::DynamoDB::Table", property: "DeletionProtectionEnabled", isLost: has("true") },
      {
        type: "AWS::DynamoDB::Table",
        property: "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        isLost: has("true"),
      },
    ],
  },
  "stack-tags": {
    aws: "CloudFormation puts the tags of a stack, and its own, on the resources.",
    localstack: "The resources have none of the stack's tags.",
  },
  iam: {
    aws: "A call needs a policy that allows it, and no policy that denies it.",
    localstack: "Every call is allowed, whoever makes it.",
    settings: [
      ...setting("AWS::IAM::Role", "Policies", "ManagedPolicyArns"),
      ...setting("AWS::IAM::ManagedPolicy", "PolicyDocument"),
      ...setting("AWS::S3::BucketPolicy", "PolicyDocument"),
    ],
  },
  "usage-plan-limits": {
    aws: "API Gateway answers 429 beyond a usage plan's throttle and quota.",
    localstack: "It checks API keys, but enforces neither the throttle nor the quota of a usage plan.",
    settings: setting("AWS::ApiGateway::UsagePlan", "Throttle", "Quota"),
  },
  "gateway-responses": {
    aws: "API Gateway answers what it refuses itself with the headers and the body of the API's gateway responses.",
    localstack: "The answer has the status of the gateway response, and LocalStack's own headers and body.",
    settings: setting("AWS::ApiGateway::GatewayResponse", "ResponseParameters", "ResponseTemplates"),
  },
  "empty-bodies": {
    aws: "A request without a body is refused by the validator where the method has a model.",
    localstack: "It is taken as {} by the validator, and reaches the function where the model allows that.",
  },
  "firehose-buffering": {
    aws: "Firehose gathers records until its buffer is full or its interval is over, and makes one object of them.",
    localstack: "Every call makes an object at once.",
    settings: setting(DELIVERY, `${S3_DESTINATION}.BufferingHints`),
  },
  "firehose-compression": {
    aws: "Firehose compresses the objects as CompressionFormat says.",
    localstack: "They are never compressed.",
    settings: [
      {
        type: DELIVERY,
        property: `${S3_DESTINATION}.CompressionFormat`,
        isLost: (value) => value !== "UNCOMPRESSED",
      },
    ],
  },
  "firehose-prefixes": {
    aws: "Firehose puts times and the like in the place of expressions such as !{timestamp:yyyy}.",
    localstack: "The expressions are part of the key as they are, and the date and hour are always behind them.",
    settings: [
      { type: DELIVERY, property: `${S3_DESTINATION}.Prefix`, isLost: (value) => String(value).includes("!{") },
    ],
  },
  "firehose-failed-records": {
    aws: "Firehose keeps records that could not be transformed, as they came, under the error prefix.",
    localstack:
      "The result of a record counts for nothing: what the function answers is written among the others, and the record is kept nowhere.",
    settings: [
      ...setting(DELIVERY, `${S3_DESTINATION}.ErrorOutputPrefix`),
      ...setting(DELIVERY, `${S3_DESTINATION}.CloudWatchLoggingOptions`),
    ],
  },
  "service-metrics": {
    aws: "Kinesis, Firehose and API Gateway publish metrics, and Lambda the age of the records that it reads.",
    localstack: "It publishes no such metrics, so that alarms on them have no data.",
    settings: [
      {
        type: "AWS::CloudWatch::Alarm",
        property: "Namespace",
        isLost: has("AWS/Kinesis", "AWS/Firehose", "AWS/ApiGateway"),
      },
      { type: "AWS::CloudWatch::Alarm", property: "MetricName", isLost: has("IteratorAge") },
    ],
  },
  "log-retention": {
    aws: "CloudWatch Logs refuses lines that are older than their group's retention, and deletes them as they get so old.",
    localstack: "It keeps them.",
  },
  "http2-sessions": {
    aws: "Kinesis answers HTTP/2, which the SDK for JavaScript prefers.",
    localstack:
      "It ends HTTP/2 sessions while calls are under way, which ends the process of a client: the pipelines call by HTTP/1.1.",
  },
  persistence: {
    aws: "Nothing is lost with a restart.",
    localstack:
      "With PERSISTENCE=1, buckets, functions, APIs, stacks and the like are lost with a restart; tables are kept, and streams as they were some seconds before it.",
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitId = keyof typeof LIMITS;

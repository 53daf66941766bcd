/** What the functions do: slow records take their time, and say so; bad ones make a batch fail. */
const CONSUMER = `exports.handler = async ({ Records }) => {
  const texts = Records.map(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString());
  console.log(JSON.stringify({ began: Date.now(), texts }));
  if (texts.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1500));
  console.log(JSON.stringify({ ended: Date.now(), texts }));
  if (texts.includes("bad")) throw new Error("a bad record");
};`;

const TRANSFORMER = `exports.handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => {
    const isBad = Buffer.from(data, "base64").toString().includes("bad");
    return { recordId, result: isBad ? "ProcessingFailed" : "Ok", data };
  }),
});`;

const arnOf = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });
const ref = (name: string) => ({ Ref: name });

const roleFor = (service: string, actions: readonly string[]) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
        // whoever looks at the limits takes it on, too
        { Effect: "Allow", Principal: { AWS: ref("AWS::AccountId") }, Action: "sts:AssumeRole" },
      ],
    },
    Policies: [
      {
        PolicyName: "work",
        PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] },
      },
    ],
  },
});

const functionOf = (ZipFile: string) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile },
    Role: arnOf("FunctionRole"),
    Timeout: 30,
  },
});

const mappingOf = (stream: string, settings: object) => ({
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: {
    EventSourceArn: arnOf(stream),
    FunctionName: arnOf("Consumer"),
    StartingPosition: "TRIM_HORIZON",
    MaximumRetryAttempts: 0,
    ...settings,
  },
});

const planOf = (limits: object) => ({
  Type: "AWS::ApiGateway::UsagePlan",
  Properties: { ApiStages: [{ ApiId: ref("Api"), Stage: ref("Stage") }], ...limits },
});

const planKeyOf = (key: string, plan: string) => ({
  Type: "AWS::ApiGateway::UsagePlanKey",
  Properties: { KeyId: ref(key), KeyType: "API_KEY", UsagePlanId: ref(plan) },
});

const API_KEY = { Type: "AWS::ApiGateway::ApiKey", DependsOn: "Stage", Properties: { Enabled: true } };

/** What an update of the stack changes, one property of each type. */
export interface Changes {
  readonly description: string;
  readonly status: string;
  readonly threshold: number;
  readonly retention: number;
  readonly shards: number;
  readonly versioning: string;
  readonly billing: object;
}

export const BEFORE: Changes = {
  description: "before",
  status: "403",
  threshold: 1,
  retention: 7,
  shards: 1,
  versioning: "Suspended",
  billing: { BillingMode: "PAY_PER_REQUEST" },
};

export const AFTER: Changes = {
  description: "after",
  status: "418",
  threshold: 2,
  retention: 30,
  shards: 2,
  versioning: "Enabled",
  billing: {
    BillingMode: "PROVISIONED",
    ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
  },
};

/** One stack with every setting that is looked at. */
export const template = (changes: Changes) => ({
  Resources: { ...storage(changes), ...streams(), ...delivery(), ...api(changes) },
});

const storage = ({ threshold, retention, shards, versioning, billing }: Changes) => ({
  Stream: {
    Type: "AWS::Kinesis::Stream",
    Properties: {
      ShardCount: shards,
      RetentionPeriodHours: 48,
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
      Tags: [{ Key: "own", Value: "yes" }],
    },
  },
  Table: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
      DeletionProtectionEnabled: true,
      ...billing,
    },
  },
  Group: {
    Type: "AWS::Logs::LogGroup",
    Properties: { RetentionInDays: retention, Tags: [{ Key: "own", Value: "yes" }] },
  },
  Bucket: {
    Type: "AWS::S3::Bucket",
    Properties: {
      VersioningConfiguration: { Status: versioning },
      LifecycleConfiguration: { Rules: [{ Id: "expire", Status: "Enabled", ExpirationInDays: 90 }] },
    },
  },
  Alarm: {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      Namespace: "AWS/Lambda",
      MetricName: "Errors",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: threshold,
    },
  },
});

const streams = () => ({
  FunctionRole: roleFor("lambda.amazonaws.com", [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "logs:*",
    "s3:ListBucket",
    "s3:PutObject",
  ]),
  Consumer: functionOf(CONSUMER),
  BatchStream: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } },
  BatchMapping: mappingOf("BatchStream", {
    BatchSize: 10,
    BisectBatchOnFunctionError: true,
    DestinationConfig: { OnFailure: { Destination: arnOf("FailuresBucket") } },
  }),
  FailuresBucket: { Type: "AWS::S3::Bucket" },
  ParallelStream: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } },
  ParallelMapping: mappingOf("ParallelStream", { BatchSize: 1, ParallelizationFactor: 5 }),
});

const delivery = () => ({
  Lake: { Type: "AWS::S3::Bucket" },
  Transformer: functionOf(TRANSFORMER),
  DeliveryRole: roleFor("firehose.amazonaws.com", ["s3:*", "lambda:InvokeFunction"]),
  Delivery: {
    Type: "AWS::KinesisFirehose::DeliveryStream",
    Properties: {
      DeliveryStreamName: { "Fn::Sub": "${AWS::StackName}-delivery" },
      DeliveryStreamType: "DirectPut",
      DeliveryStreamEncryptionConfigurationInput: { KeyType: "AWS_OWNED_CMK" },
      ExtendedS3DestinationConfiguration: {
        BucketARN: arnOf("Lake"),
        RoleARN: arnOf("DeliveryRole"),
        Prefix: "good/!{timestamp:yyyy}/",
        ErrorOutputPrefix: "error/!{firehose:error-output-type}/",
        CompressionFormat: "GZIP",
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 3 },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: "Lambda",
              Parameters: [
                { ParameterName: "LambdaArn", ParameterValue: { "Fn::Sub": "${Transformer.Arn}:$LATEST" } },
                { ParameterName: "BufferSizeInMBs", ParameterValue: "1" },
                { ParameterName: "BufferIntervalInSeconds", ParameterValue: "1" },
              ],
            },
          ],
        },
      },
    },
  },
});

const STAGE = {
  RestApiId: ref("Api"),
  DeploymentId: ref("Deployment"),
  StageName: "v1",
  MethodSettings: [{ ResourcePath: "/*", HttpMethod: "*", MetricsEnabled: true }],
};

const api = ({ description, status }: Changes) => ({
  Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: ref("AWS::StackName"), Description: description } },
  Refusal: {
    Type: "AWS::ApiGateway::GatewayResponse",
    Properties: {
      RestApiId: ref("Api"),
      ResponseType: "INVALID_API_KEY",
      StatusCode: status,
      ResponseParameters: { "gatewayresponse.header.X-Limits": "'yes'" },
      ResponseTemplates: { "application/json": '{"refused":"by the template"}' },
    },
  },
  Model: {
    Type: "AWS::ApiGateway::Model",
    Properties: {
      RestApiId: ref("Api"),
      ContentType: "application/json",
      Schema: { $schema: "http://json-schema.org/draft-04/schema#", title: "Event", type: "object" },
    },
  },
  Validator: {
    Type: "AWS::ApiGateway::RequestValidator",
    Properties: { RestApiId: ref("Api"), ValidateRequestBody: true },
  },
  Post: {
    Type: "AWS::ApiGateway::Method",
    Properties: {
      RestApiId: ref("Api"),
      ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
      HttpMethod: "POST",
      AuthorizationType: "NONE",
      ApiKeyRequired: true,
      RequestValidatorId: ref("Validator"),
      RequestModels: { "application/json": ref("Model") },
      Integration: {
        Type: "MOCK",
        RequestTemplates: { "application/json": '{"statusCode": 200}' },
        IntegrationResponses: [{ StatusCode: "200" }],
      },
      MethodResponses: [{ StatusCode: "200" }],
    },
  },
  Deployment: {
    Type: "AWS::ApiGateway::Deployment",
    DependsOn: ["Post", "Refusal"],
    Properties: { RestApiId: ref("Api") },
  },
  Stage: {
    Type: "AWS::ApiGateway::Stage",
    DependsOn: "GatewayAccount",
    Properties: {
      ...STAGE,
      AccessLogSetting: { DestinationArn: arnOf("Group"), Format: "$context.requestId" },
    },
  },
  GatewayAccount: { Type: "AWS::ApiGateway::Account", Properties: { CloudWatchRoleArn: arnOf("GatewayRole") } },
  GatewayRole: roleFor("apigateway.amazonaws.com", ["logs:*"]),
  QuotaKey: API_KEY,
  QuotaPlan: planOf({ Quota: { Limit: 1, Period: "DAY" } }),
  QuotaPlanKey: planKeyOf("QuotaKey", "QuotaPlan"),
  ThrottleKey: API_KEY,
  ThrottlePlan: planOf({ Throttle: { RateLimit: 1, BurstLimit: 1 } }),
  ThrottlePlanKey: planKeyOf("ThrottleKey", "ThrottlePlan"),
  FreeKey: API_KEY,
  FreePlan: planOf({}),
  FreePlanKey: planKeyOf("FreeKey", "FreePlan"),
});

/** An API that does nothing, and has a stage with a description. */
export function apiAlone(description: string) {
  const { Api, Post, Model, Validator, Deployment } = api(BEFORE);
  return {
    Resources: {
      ...{ Api, Post, Model, Validator },
      Deployment: { ...Deployment, DependsOn: ["Post"] },
      Stage: { Type: "AWS::ApiGateway::Stage", Properties: { ...STAGE, Description: description } },
    },
  };
}

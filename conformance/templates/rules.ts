import { isJsonObject, type Json, type JsonObject } from "../../services/cloudformation/template/value.ts";

export interface Resource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: Json;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface TemplateText {
  readonly Metadata?: JsonObject;
  readonly Parameters?: Readonly<Record<string, JsonObject>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, JsonObject>>;
}

/** What of a template breaks a rule, in a line each. */
export type Rule = (template: TemplateText) => readonly string[];

const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, key) =>
      Array.isArray(inner)
        ? inner[key as number]
        : isJsonObject(inner ?? null)
          ? (inner as JsonObject)[key]
          : undefined,
    value,
  );

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const ref = (name: string) => ({ Ref: name });
const arnOf = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });
const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const ofType = ({ Resources }: TemplateText, ...types: readonly string[]): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => types.includes(Type));

/** A rule about each resource of some types: those that do not meet it are named. */
const each =
  (
    types: readonly string[],
    what: string,
    meets: (properties: JsonObject, id: string, template: TemplateText) => boolean,
  ): Rule =>
  (template) =>
    ofType(template, ...types)
      .filter(([id, { Properties = {} }]) => !meets(Properties, id, template))
      .map(([id]) => `${id} ${what}`);

const all =
  (...rules: readonly Rule[]): Rule =>
  (template) =>
    rules.flatMap((rule) => rule(template));

/** What is lost with the resource, or is there without the stack. */
const STATEFUL = [
  "AWS::DynamoDB::Table",
  "AWS::Kinesis::Stream",
  "AWS::KinesisFirehose::DeliveryStream",
  "AWS::Logs::LogGroup",
  "AWS::Logs::LogStream",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
];

/** What cannot be made again when it is gone. */
const DATA = ["AWS::DynamoDB::Table", "AWS::S3::Bucket"];

const removalIsDecided: Rule = (template) => [
  ...ofType(template, ...STATEFUL)
    .filter(([, { DeletionPolicy, UpdateReplacePolicy }]) => !DeletionPolicy || !UpdateReplacePolicy)
    .map(([id]) => `${id} has no DeletionPolicy or no UpdateReplacePolicy`),
  ...ofType(template, ...DATA)
    .filter(([, { UpdateReplacePolicy }]) => UpdateReplacePolicy !== "Retain")
    .map(([id]) => `${id} loses its data when it is replaced`),
];

const isEncrypted = all(
  each(["AWS::Kinesis::Stream"], "is not encrypted", ({ StreamEncryption }) =>
    same(StreamEncryption, { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" }),
  ),
  each(
    ["AWS::KinesisFirehose::DeliveryStream"],
    "is not encrypted",
    (properties) => at(properties, "DeliveryStreamEncryptionConfigurationInput", "KeyType") === "AWS_OWNED_CMK",
  ),
  each(["AWS::S3::Bucket"], "is not encrypted", (properties) => {
    const rules = at(properties, "BucketEncryption", "ServerSideEncryptionConfiguration");
    return at(rules, 0, "ServerSideEncryptionByDefault", "SSEAlgorithm") === "AES256";
  }),
  each(["AWS::SNS::Topic"], "takes no key", ({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined),
);

const refusesHttp = (bucket: string, template: TemplateText): boolean =>
  ofType(template, "AWS::S3::BucketPolicy").some(([, { Properties }]) => {
    const wanted = {
      Sid: "RefusePlainHttp",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [arnOf(bucket), { "Fn::Sub": `\${${bucket}.Arn}/*` }],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const statements = listOf(at(Properties, "PolicyDocument", "Statement"));
    return same(at(Properties, "Bucket"), ref(bucket)) && statements.some((statement) => same(statement, wanted));
  });

const bucketsAreClosed = all(
  each(["AWS::S3::Bucket"], "is not closed to the public", ({ PublicAccessBlockConfiguration }) =>
    ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"].every(
      (name) => at(PublicAccessBlockConfiguration, name) === true,
    ),
  ),
  each(["AWS::S3::Bucket"], "takes requests without TLS", (_, id, template) => refusesHttp(id, template)),
);

const whatIsOldGoes = all(
  each(["AWS::Logs::LogGroup"], "keeps its lines for good", ({ RetentionInDays }) =>
    same(RetentionInDays, ref("LogRetentionInDays")),
  ),
  each(
    ["AWS::S3::Bucket"],
    "has no lifecycle",
    (properties) => listOf(at(properties, "LifecycleConfiguration", "Rules")).length > 0,
  ),
  each(
    ["AWS::S3::Bucket"],
    "keeps earlier versions for good",
    (properties) =>
      at(properties, "VersioningConfiguration") === undefined ||
      listOf(at(properties, "LifecycleConfiguration", "Rules")).some((rule) => at(rule, "NoncurrentVersionExpiration")),
  ),
  each(["AWS::Lambda::Function"], "has no log group before it", ({ FunctionName }, id, template) => {
    const name =
      typeof FunctionName === "string" ? FunctionName : (at(FunctionName, "Ref") ?? at(FunctionName, "Fn::Sub"));
    const text = at(FunctionName, "Ref") === undefined ? String(name) : `\${${String(name)}}`;
    const groups = listOf(template.Resources[id]?.DependsOn).map(
      (group) => template.Resources[String(group)]?.Properties,
    );
    return groups.some((group) => at(group, "LogGroupName", "Fn::Sub") === `/aws/lambda/${text}`);
  }),
);

const tablesCanBeProtected = each(
  ["AWS::DynamoDB::Table"],
  "cannot be protected",
  ({ DeletionProtectionEnabled, PointInTimeRecoverySpecification }) =>
    // not the parameters themselves: text is not everywhere read as true or false
    same(DeletionProtectionEnabled, { "Fn::If": ["TablesAreProtected", true, false] }) &&
    same(PointInTimeRecoverySpecification, {
      PointInTimeRecoveryEnabled: { "Fn::If": ["TablesCanBeRestored", true, false] },
    }),
);

/** The Allow statements of the permissions of roles and of managed policies, by whose they are. */
const allowed = (template: TemplateText): [string, Json][] =>
  ofType(template, "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy").flatMap(([id, { Properties }]) =>
    [
      at(Properties, "PolicyDocument"),
      ...listOf(at(Properties, "Policies")).map((policy) => at(policy, "PolicyDocument")),
    ]
      .flatMap((document) => listOf(at(document, "Statement")))
      .filter((statement) => at(statement, "Effect") === "Allow")
      .map((statement): [string, Json] => [id, statement]),
  );

/** One resource of the template, or what is in it; a version of a function. */
const isNarrow = (resource: Json): boolean =>
  same(resource, arnOf(String(at(resource, "Fn::GetAtt", 0)))) ||
  /^\$\{\w+\.Arn\}(\/(\w+\/)*\*|:\$LATEST)$/.test(String(at(resource, "Fn::Sub")));

/** AWS's own for what every function may do: to write logs, whatever their group. */
const LOGS_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

const permissionsAreNarrow: Rule = (template) => [
  ...allowed(template).flatMap(([id, statement]) => [
    ...listOf(at(statement, "Action"))
      .filter((action) => String(action).includes("*"))
      .map((action) => `${id} allows ${String(action)}`),
    ...((at(statement, "NotAction") ?? at(statement, "NotResource")) ? [`${id} allows all but some`] : []),
    ...(listOf(at(statement, "Resource")).every(isNarrow) ? [] : [`${id} allows more than what is in the stack`]),
  ]),
  ...each(["AWS::IAM::Role"], "has a policy of somebody else", ({ ManagedPolicyArns }) =>
    listOf(ManagedPolicyArns).every(
      (arn) => String(at(arn, "Ref")) in template.Resources || same(arn, { "Fn::Sub": LOGS_POLICY }),
    ),
  )(template),
];

/** Firehose acts for many accounts, and says for which. Lambda takes only roles of the function's own account. */
const TRUSTED: Readonly<Record<string, Json | undefined>> = {
  "lambda.amazonaws.com": undefined,
  "firehose.amazonaws.com": { StringEquals: { "sts:ExternalId": ref("AWS::AccountId") } },
};

const nobodyIsADeputy = all(
  each(["AWS::IAM::Role"], "trusts too many", ({ AssumeRolePolicyDocument }) =>
    listOf(at(AssumeRolePolicyDocument, "Statement")).every((statement) => {
      const service = String(at(statement, "Principal", "Service"));
      const isAction = at(statement, "Action") === "sts:AssumeRole";
      return service in TRUSTED && isAction && same(at(statement, "Condition"), TRUSTED[service]);
    }),
  ),
  each(["AWS::Lambda::Permission"], "lets every account in", ({ SourceArn }) =>
    /\$\{AWS::AccountId\}:\$\{\w+\}\//.test(String(at(SourceArn, "Fn::Sub"))),
  ),
);

const parametersAreTold: Rule = ({ Metadata, Parameters = {} }) => {
  const groups = listOf(at(Metadata, "AWS::CloudFormation::Interface", "ParameterGroups"));
  const grouped = groups.flatMap((group) => listOf(at(group, "Parameters")));
  return [
    ...Object.entries(Parameters)
      .filter(([, { Description }]) => !Description)
      .map(([name]) => `${name} has no description`),
    ...(same(grouped.map(String).toSorted(), Object.keys(Parameters).toSorted())
      ? []
      : ["Not every parameter is in one group"]),
  ];
};

const outputsAreTold: Rule = ({ Outputs = {} }) =>
  Object.entries(Outputs)
    .filter(([, { Description }]) => !Description)
    .map(([name]) => `${name} has no description`);

/** Names that are taken once in an account (or region), or that what a service publishes goes by. */
const NAMES: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::RestApi": "Name",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
  "AWS::IAM::Role": "RoleName",
  "AWS::Kinesis::Stream": "Name",
  "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::S3::Bucket": "BucketName",
  "AWS::SNS::Topic": "TopicName",
};

const namesCanBeChosen = each(
  Object.keys(NAMES),
  "has a fixed name",
  (properties, id, { Resources }) => typeof at(properties, NAMES[Resources[id]!.Type]!) !== "string",
);

export const RULES = {
  "stores are encrypted": isEncrypted,
  "buckets are closed to the public and take TLS only": bucketsAreClosed,
  "what becomes of a store that is deleted or replaced is decided": removalIsDecided,
  "logs, failures and earlier versions end": whatIsOldGoes,
  "tables can be protected": tablesCanBeProtected,
  "roles may do what they have to do with what is in the stack": permissionsAreNarrow,
  "services act for this account only": nobodyIsADeputy,
  "parameters are described and grouped": parametersAreTold,
  "outputs are described": outputsAreTold,
  "names can be chosen": namesCanBeChosen,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

import { CreateStackCommand, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  ListBucketMetricsConfigurationsCommand,
  GetObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { useClient } from "../target.ts";
import { body, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const s3 = useClient(new S3Client({ ...on.target.clientConfig(), forcePathStyle: true }));

const bucketOf = (Properties: object, rest: object = {}) =>
  body({ Bucket: { Type: "AWS::S3::Bucket", Properties }, ...rest });

async function deploy(StackName: string, TemplateBody: string, isNew = false) {
  const command = { StackName, TemplateBody };
  if (isNew) await on.cloudformation.send(new CreateStackCommand(command));
  else await on.cloudformation.send(new UpdateStackCommand(command));
  return (await on.settled(StackName)).StackStatus;
}

describe("AWS::S3::Bucket", () => {
  it("gets versioning, lifecycle rules and encryption, and loses them with the template", async () => {
    const stack = uniqueName();
    const configured = bucketOf({
      VersioningConfiguration: { Status: "Enabled" },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
      },
      LifecycleConfiguration: {
        Rules: [
          { Id: "old", Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
          {
            Id: "tagged",
            Status: "Enabled",
            Prefix: "a/",
            TagFilters: [{ Key: "k", Value: "v" }],
            ExpirationInDays: 5,
          },
        ],
      },
    });
    expect(await deploy(stack, configured, true)).toBe("CREATE_COMPLETE");
    const Bucket = await on.physicalId(stack, "Bucket");
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
    const encryption = async () =>
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]
        ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
    expect(await encryption()).toBe("aws:kms");
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toEqual([
      { ID: "old", Status: "Enabled", Filter: { Prefix: "" }, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
      {
        ID: "tagged",
        Status: "Enabled",
        Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } },
        Expiration: { Days: 5 },
      },
    ]);

    expect(await deploy(stack, bucketOf({}))).toBe("UPDATE_COMPLETE");
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Suspended");
    expect(await encryption()).toBe("AES256");
    await expect(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).rejects.toMatchObject({
      name: "NoSuchLifecycleConfiguration",
    });
  });

  it("gets CORS, a website, ownership with a public list, and acceleration, and loses them with the template", async () => {
    const stack = uniqueName();
    const configured = bucketOf({
      AccelerateConfiguration: { AccelerationStatus: "Enabled" },
      AccessControl: "PublicRead",
      OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: false },
      CorsConfiguration: {
        CorsRules: [
          { AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposedHeaders: ["ETag"], Id: "all", MaxAge: 5 },
          { AllowedMethods: ["PUT"], AllowedOrigins: ["*"] },
        ],
      },
      WebsiteConfiguration: {
        IndexDocument: "index.html",
        ErrorDocument: "error.html",
        RoutingRules: [
          { RedirectRule: { HostName: "example.com" }, RoutingRuleCondition: { HttpErrorCodeReturnedEquals: "404" } },
        ],
      },
      LoggingConfiguration: { LogFilePrefix: "log/", TargetObjectKeyFormat: { PartitionedPrefix: {} } },
      MetricsConfigurations: [
        { Id: "all" },
        { Id: "some", Prefix: "a/", TagFilters: [{ Key: "k", Value: "v" }] },
        { Id: "tagged", TagFilters: [{ Key: "k", Value: "v" }] },
      ],
      LifecycleConfiguration: {
        Rules: [{ Id: "cool", Status: "Enabled", Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 3 }] }],
      },
    });
    expect(await deploy(stack, configured, true)).toBe("CREATE_COMPLETE");
    const Bucket = await on.physicalId(stack, "Bucket");
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([
      { AllowedMethods: ["GET"], AllowedOrigins: ["*"], ExposeHeaders: ["ETag"], ID: "all", MaxAgeSeconds: 5 },
      { AllowedMethods: ["PUT"], AllowedOrigins: ["*"], MaxAgeSeconds: 0 },
    ]);
    expect(await s3.send(new GetBucketWebsiteCommand({ Bucket }))).toMatchObject({
      IndexDocument: { Suffix: "index.html" },
      ErrorDocument: { Key: "error.html" },
      RoutingRules: [{ Redirect: { HostName: "example.com" }, Condition: { HttpErrorCodeReturnedEquals: "404" } }],
    });
    // without a destination it logs to itself
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toEqual({
      TargetBucket: Bucket,
      TargetPrefix: "log/",
      TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: "EventTime" } },
    });
    const metrics = async () =>
      (await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket }))).MetricsConfigurationList;
    expect(await metrics()).toEqual([
      { Id: "all" },
      { Id: "some", Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } } },
      { Id: "tagged", Filter: { Tag: { Key: "k", Value: "v" } } },
    ]);
    expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toHaveLength(2);
    expect((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBe("Enabled");
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules?.[0]?.Transitions).toEqual([{ Days: 3, StorageClass: "GLACIER_IR" }]);

    expect(await deploy(stack, bucketOf({ MetricsConfigurations: [{ Id: "all", Prefix: "b/" }] }))).toBe(
      "UPDATE_COMPLETE",
    );
    expect(await metrics()).toEqual([{ Id: "all", Filter: { Prefix: "b/" } }]);
    await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject({
      name: "NoSuchCORSConfiguration",
    });
    await expect(s3.send(new GetBucketWebsiteCommand({ Bucket }))).rejects.toMatchObject({
      name: "NoSuchWebsiteConfiguration",
    });
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
    expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toHaveLength(1);
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    expect((await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBe("Suspended");
  });

  it("is a website without routing rules where their list is empty", async () => {
    const stack = uniqueName();
    const WebsiteConfiguration = { IndexDocument: "index.html", RoutingRules: [] };
    expect(await deploy(stack, bucketOf({ WebsiteConfiguration }), true)).toBe("CREATE_COMPLETE");
    const Bucket = await on.physicalId(stack, "Bucket");
    expect((await s3.send(new GetBucketWebsiteCommand({ Bucket }))).RoutingRules).toBeUndefined();
  });

  it("gets object lock, whose default retention ends with the template", async () => {
    const stack = uniqueName();
    const locked = (more: object) => bucketOf({ ObjectLockEnabled: true, ...more });
    const DefaultRetention = { Mode: "GOVERNANCE", Days: 2 };
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } };
    expect(await deploy(stack, locked({ ObjectLockConfiguration }), true)).toBe("CREATE_COMPLETE");
    const Bucket = await on.physicalId(stack, "Bucket");
    const read = async () => (await s3.send(new GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration;
    expect(await read()).toEqual(ObjectLockConfiguration);
    expect(await deploy(stack, locked({}))).toBe("UPDATE_COMPLETE");
    expect(await read()).toEqual({ ObjectLockEnabled: "Enabled" });
  });

  it("tells a queue of the template of its events", async () => {
    const stack = uniqueName();
    const bucketName = uniqueName("telling");
    const QueueArn = { "Fn::GetAtt": ["Queue", "Arn"] };
    const Rules = [{ Name: "suffix", Value: ".csv" }];
    const template = body({
      Queue: { Type: "AWS::SQS::Queue" },
      Policy: {
        Type: "AWS::SQS::QueuePolicy",
        Properties: {
          Queues: [{ Ref: "Queue" }],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Service: "s3.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: QueueArn,
                Condition: { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${bucketName}` } },
              },
            ],
          },
        },
      },
      Bucket: {
        Type: "AWS::S3::Bucket",
        DependsOn: "Policy",
        Properties: {
          BucketName: bucketName,
          NotificationConfiguration: {
            QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: QueueArn, Filter: { S3Key: { Rules } } }],
          },
        },
      },
    });
    expect(await deploy(stack, template, true)).toBe("CREATE_COMPLETE");
    const answer = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucketName }));
    expect(answer.QueueConfigurations).toMatchObject([
      {
        Events: ["s3:ObjectCreated:*"],
        QueueArn: expect.stringMatching(/^arn:aws:sqs:/),
        Filter: { Key: { FilterRules: [{ Name: "Suffix", Value: ".csv" }] } },
      },
    ]);
  });
});

describe("a type behind a condition", () => {
  const template = (isWanted: string) =>
    body(
      {
        Key: { Type: "AWS::KMS::Key", Condition: "Wanted", Properties: { KeyPolicy: {} } },
        Bucket: { Type: "AWS::S3::Bucket" },
      },
      { Conditions: { Wanted: { "Fn::Equals": [isWanted, "yes"] } } },
    );

  it("need not be supported while the condition does not hold", async () => {
    expect(await deploy(uniqueName(), template("no"), true)).toBe("CREATE_COMPLETE");
    await expect(deploy(uniqueName(), template("yes"), true)).rejects.toMatchObject({
      message: expect.stringContaining("Unrecognized resource types: [AWS::KMS::Key]"),
    });
  });
});

describe("a template of SAM", () => {
  it("is refused by the name of its transform", async () => {
    const TemplateBody = body(
      {
        F: {
          Type: "AWS::Serverless::Function",
          Properties: { CodeUri: "s3://b/k", Handler: "i.h", Runtime: "nodejs20.x" },
        },
      },
      { Transform: "AWS::Serverless-2016-10-31" },
    );
    await expect(deploy(uniqueName(), TemplateBody, true)).rejects.toMatchObject({
      message: "Transform AWS::Serverless-2016-10-31 is not supported by Headwater.",
    });
  });
});

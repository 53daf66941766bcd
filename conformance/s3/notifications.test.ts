/** Proves PutBucketNotificationConfiguration and GetBucketNotificationConfiguration. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { zipOf } from "../lambda/fixture.ts";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { createWithAcls, failure, useS3 } from "./fixture.ts";

const { target, s3, send } = useS3();
const sqs = useClient(new SQSClient({ ...target.clientConfig(), maxAttempts: 1 }));
const sns = useClient(new SNSClient({ ...target.clientConfig(), maxAttempts: 1 }));
const lambda = useClient(new LambdaClient({ ...target.clientConfig(), maxAttempts: 1 }));
const logs = useClient(new CloudWatchLogsClient({ ...target.clientConfig(), maxAttempts: 1 }));

let count = 0;
const unique = (prefix: string): string => `${prefix}-${process.pid}-${count++}`;
const arnOf = (service: string, name: string): string => `arn:aws:${service}:us-east-1:000000000000:${name}`;

async function newBucket(): Promise<string> {
  const Bucket = unique("told");
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** Lets S3 in, on behalf of one bucket. */
const policyFor = (Bucket: string, Action: string, Resource: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action,
        Resource,
        Condition: { ArnLike: { "aws:SourceArn": `arn:aws:s3:::${Bucket}` } },
      },
    ],
  });

async function newQueue(policy?: (arn: string) => string): Promise<{ arn: string; url: string }> {
  const name = unique("queue");
  const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const arn = arnOf("sqs", name);
  if (policy) await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy: policy(arn) } }));
  return { arn, url };
}

const configure = (Bucket: string, NotificationConfiguration: NotificationConfiguration, skip?: boolean) =>
  s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration,
      ...(skip && { SkipDestinationValidation: true }),
    }),
  );

/** The next messages of a queue, parsed, once that are so many. */
async function messages(url: string, expected: number): Promise<Told[]> {
  const found: Told[] = [];
  await eventually(`${expected} messages`, async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    found.push(...Messages.map(({ Body }) => JSON.parse(Body ?? "") as Told));
    return found.length >= expected ? true : undefined;
  });
  return found;
}

const put = (Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "hello" }));

describe("PutBucketNotificationConfiguration", () => {
  describe("validation", () => {
    it("answers what was put, and nothing after an empty configuration", async () => {
      const Bucket = await newBucket();
      const { arn } = await newQueue((queue) => policyFor(Bucket, "sqs:SendMessage", queue));
      const read = async () => {
        const { $metadata: _, ...answer } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
        return answer;
      };
      const FilterRules = [{ Name: "prefix" as const, Value: "in/" }];
      const Events = ["s3:ObjectCreated:*" as const];
      await configure(Bucket, {
        QueueConfigurations: [{ Id: "q", QueueArn: arn, Events, Filter: { Key: { FilterRules } } }],
      });
      expect(await read()).toEqual({
        QueueConfigurations: [
          { Id: "q", QueueArn: arn, Events, Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: "in/" }] } } },
        ],
      });
      await configure(Bucket, {});
      expect(await read()).toEqual({});
    });

    it("refuses destinations that are not there or do not let S3 in", async () => {
      const Bucket = await newBucket();
      const closed = await newQueue();
      const Events = ["s3:ObjectCreated:*" as const];
      const refusal = {
        code: "InvalidArgument",
        message: "Unable to validate the following destination configurations",
      };
      const queue = (QueueArn: string) => ({ QueueConfigurations: [{ QueueArn, Events }] });
      expect(await failure(configure(Bucket, queue(closed.arn)))).toMatchObject(refusal);
      expect(await failure(configure(Bucket, queue(arnOf("sqs", "nowhere"))))).toMatchObject(refusal);
      const LambdaFunctionArn = arnOf("lambda", "function:nowhere");
      const toFunction = { LambdaFunctionConfigurations: [{ LambdaFunctionArn, Events }] };
      expect(await failure(configure(Bucket, toFunction))).toMatchObject(refusal);
      await configure(Bucket, toFunction, true);
    });

    it("says which argument it refuses, and what is wrong with each destination", async () => {
      const Bucket = await newBucket();
      const fields = async (document: string, ...names: string[]) => {
        const body = `<NotificationConfiguration>${document}</NotificationConfiguration>`;
        const answer = await send({ method: "PUT", path: `/${Bucket}?notification`, body });
        return ["Code", ...names].map((name) => answer.element(name));
      };
      const of = (element: string, arn: string, event = "s3:ObjectCreated:*", more = "") => {
        const kind = element === "CloudFunction" ? "CloudFunctionConfiguration" : `${element}Configuration`;
        return `<${kind}><${element}>${arn}</${element}><Event>${event}</Event>${more}</${kind}>`;
      };
      const argument = ["ArgumentName", "ArgumentValue"];
      for (const element of ["Queue", "Topic", "CloudFunction"]) {
        expect(await fields(of(element, "no-arn"), "Message", ...argument)).toEqual([
          "InvalidArgument",
          "The ARN could not be parsed",
          element,
          "no-arn",
        ]);
      }
      const queue = arnOf("sqs", "nowhere");
      const filtered = (rule: string) =>
        of("Queue", queue, undefined, `<Filter><S3Key><FilterRule>${rule}</FilterRule></S3Key></Filter>`);
      expect(await fields(filtered("<Name>middle</Name><Value>x</Value>"), ...argument)).toEqual([
        "InvalidArgument",
        "FilterRule.Name",
        "middle",
      ]);
      expect(await fields(filtered("<Name>prefix</Name>"))).toEqual(["MalformedXML"]);
      expect(await fields(filtered("<Value>x</Value>"))).toEqual(["MalformedXML"]);
      const named = ["ArgumentName1", "ArgumentValue1", "ArgumentName2", "ArgumentValue2"];
      const lambdaArn = arnOf("lambda", "function:nowhere");
      const two = of("CloudFunction", lambdaArn, "s3:ObjectRemoved:*") + of("Queue", queue);
      expect(await fields(two, ...named)).toEqual([
        "InvalidArgument",
        `${lambdaArn}, null`,
        `Not authorized to invoke function [${lambdaArn}]`,
        queue,
        "The destination queue does not exist",
      ]);
      const closed = await newQueue();
      expect(await fields(of("Queue", closed.arn), "ArgumentValue1")).toEqual([
        "InvalidArgument",
        "Permissions on the destination queue do not allow S3 to publish notifications from this bucket",
      ]);
    });

    it("refuses events that are none, that overlap, and that cannot happen here", async () => {
      const Bucket = await newBucket();
      const QueueArn = arnOf("sqs", "any");
      const of = (...configurations: { events: string[]; prefix?: string }[]) =>
        configure(
          Bucket,
          {
            QueueConfigurations: configurations.map(({ events, prefix }) => ({
              QueueArn,
              Events: events as never[],
              ...(prefix !== undefined && {
                Filter: { Key: { FilterRules: [{ Name: "prefix" as const, Value: prefix }] } },
              }),
            })),
          },
          true,
        );
      expect(await failure(of({ events: ["s3:ObjectMoved"] }))).toMatchObject({
        message: "A specified event is not supported for notifications.",
      });
      expect(await failure(of({ events: ["s3:Replication:OperationMissedThreshold"] }))).toMatchObject({ status: 501 });
      const created = ["s3:ObjectCreated:*"];
      expect(await failure(of({ events: created }, { events: ["s3:ObjectCreated:Put"], prefix: "a" }))).toMatchObject({
        message: expect.stringContaining("Configurations overlap."),
      });
      await of({ events: created, prefix: "a" }, { events: created, prefix: "b" });
    });
  });

  describe("behaviour", () => {
    it("tells a queue what happens to the objects that the filter takes, in AWS's document", async () => {
      const Bucket = await newBucket();
      const { arn, url } = await newQueue((queue) => policyFor(Bucket, "sqs:SendMessage", queue));
      const FilterRules = [
        { Name: "prefix" as const, Value: "in/" },
        { Name: "suffix" as const, Value: ".txt" },
      ];
      const Events = ["s3:ObjectCreated:*" as const, "s3:ObjectRemoved:*" as const, "s3:ObjectTagging:*" as const];
      const Filter = { Key: { FilterRules } };
      await configure(Bucket, { QueueConfigurations: [{ Id: "q", QueueArn: arn, Events, Filter }] });
      const [test] = await messages(url, 1);
      expect(test).toMatchObject({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket });

      await put(Bucket, "out/of range.txt");
      const { ETag } = await put(Bucket, "in/a b+ü.txt");
      const found = await messages(url, 1);
      expect(found[0]).toEqual({
        Records: [
          {
            eventVersion: "2.1",
            eventSource: "aws:s3",
            awsRegion: "us-east-1",
            eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
            eventName: "ObjectCreated:Put",
            userIdentity: { principalId: expect.stringMatching(/^AWS:/) },
            requestParameters: { sourceIPAddress: expect.stringContaining("127.0.0.1") },
            responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
            s3: {
              s3SchemaVersion: "1.0",
              configurationId: "q",
              bucket: {
                name: Bucket,
                ownerIdentity: { principalId: expect.any(String) },
                arn: `arn:aws:s3:::${Bucket}`,
              },
              object: {
                key: "in/a+b%2B%C3%BC.txt",
                size: 5,
                eTag: ETag?.replaceAll('"', ""),
                sequencer: expect.stringMatching(/^[0-9A-F]+$/),
              },
            },
          },
        ],
      });

      await s3.send(new CopyObjectCommand({ Bucket, Key: "in/copy.txt", CopySource: `${Bucket}/out/of%20range.txt` }));
      const Tagging = { TagSet: [{ Key: "k", Value: "v" }] };
      await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "in/copy.txt", Tagging }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "in/copy.txt" }));
      const names = (await messages(url, 3)).map(({ Records }) => Records?.[0]?.["eventName"]);
      expect(new Set(names)).toEqual(new Set(["ObjectCreated:Copy", "ObjectRemoved:Delete", "ObjectTagging:Put"]));
    });

    it("names versions and delete markers", async () => {
      const Bucket = await newBucket();
      const { arn, url } = await newQueue((queue) => policyFor(Bucket, "sqs:SendMessage", queue));
      const enabled = { VersioningConfiguration: { Status: "Enabled" as const } };
      await s3.send(new PutBucketVersioningCommand({ Bucket, ...enabled }));
      await configure(Bucket, { QueueConfigurations: [{ QueueArn: arn, Events: ["s3:ObjectRemoved:*"] }] });
      await messages(url, 1);
      const { VersionId: version } = await put(Bucket, "k");
      const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: version }));
      const records = (await messages(url, 2)).map(({ Records }) => Records?.[0]);
      const told = records.map((record) => [
        record?.["eventName"],
        (record?.["s3"] as Told | undefined)?.["object"]?.["versionId"],
      ]);
      expect(Object.fromEntries(told)).toEqual({
        "ObjectRemoved:Delete": version,
        "ObjectRemoved:DeleteMarkerCreated": marker,
      });
    });

    it("tells what is said of an object without its place in the order, and not where nothing changes", async () => {
      const Bucket = await createWithAcls(s3, unique("told"));
      const { arn, url } = await newQueue((queue) => policyFor(Bucket, "sqs:SendMessage", queue));
      await configure(Bucket, {
        QueueConfigurations: [{ QueueArn: arn, Events: ["s3:ObjectTagging:*", "s3:ObjectAcl:Put"] }],
      });
      await messages(url, 1);
      const { ETag } = await put(Bucket, "k");
      const at = { Bucket, Key: "k" };
      await s3.send(new PutObjectAclCommand({ ...at, ACL: "private" }));
      await s3.send(new PutObjectAclCommand({ ...at, ACL: "public-read" }));
      await s3.send(new PutObjectAclCommand({ ...at, ACL: "public-read" }));
      await s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }));
      await s3.send(new DeleteObjectTaggingCommand(at));
      await s3.send(new PutObjectAclCommand({ ...at, ACL: "private" }));
      const told = (await messages(url, 4)).map(({ Records }) => Records?.[0]);
      const object = { key: "k", eTag: ETag?.replaceAll('"', "") };
      const names = ["ObjectAcl:Put", "ObjectTagging:Put", "ObjectTagging:Delete", "ObjectAcl:Put"];
      expect(
        told.map((one) => [one?.["eventVersion"], one?.["eventName"], (one?.["s3"] as Told | undefined)?.object]),
      ).toEqual(names.map((name) => ["2.3", name, object]));
    });

    it("carries the trace of the request to a queue", async () => {
      const Bucket = await newBucket();
      const { arn, url } = await newQueue((queue) => policyFor(Bucket, "sqs:SendMessage", queue));
      await configure(Bucket, { QueueConfigurations: [{ QueueArn: arn, Events: ["s3:ObjectCreated:*"] }] });
      await messages(url, 1);
      const trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
      await send({ method: "PUT", path: `/${Bucket}/k`, headers: { "x-amzn-trace-id": trace }, body: "x" });
      const found = await eventually("the message", async () => {
        const asked = { QueueUrl: url, MessageSystemAttributeNames: ["AWSTraceHeader" as const] };
        return (await sqs.send(new ReceiveMessageCommand(asked))).Messages?.[0];
      });
      expect(found.Attributes).toEqual({ AWSTraceHeader: trace });
      await send({ method: "PUT", path: `/${Bucket}/without`, headers: { "x-amzn-trace-id": "" }, body: "x" });
      const [told] = await messages(url, 1);
      expect((told?.Records?.[0]?.["s3"] as Told | undefined)?.object).toMatchObject({ key: "without" });
    });

    it("tells a topic, and calls a function", async () => {
      const Bucket = await newBucket();
      const queue = await newQueue((arn) =>
        policyFor(Bucket, "sqs:SendMessage", arn)
          .replace("s3.amazonaws.com", "sns.amazonaws.com")
          .replace(/,"Condition":.*?\}\}/, ""),
      );
      const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: unique("topic") }));
      const AttributeValue = policyFor(Bucket, "sns:Publish", TopicArn);
      await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn }));

      await makeRole(target.clientConfig(), "told");
      const FunctionName = unique("told");
      const { FunctionArn: LambdaFunctionArn = "" } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName,
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Role: "arn:aws:iam::000000000000:role/told",
          Code: {
            ZipFile: zipOf("exports.handler = async (event) => console.log('TOLD', event.Records[0].s3.object.key);"),
          },
        }),
      );
      const SourceArn = `arn:aws:s3:::${Bucket}`;
      const allowed = { Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn };
      await lambda.send(new AddPermissionCommand({ FunctionName, StatementId: "s3", ...allowed }));

      await configure(Bucket, {
        TopicConfigurations: [{ TopicArn, Events: ["s3:ObjectRemoved:*"] }],
        LambdaFunctionConfigurations: [{ LambdaFunctionArn, Events: ["s3:ObjectCreated:*"] }],
      });
      await put(Bucket, "called");
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "called" }));
      const published = (await messages(queue.url, 2)).map(({ Message }) => JSON.parse(String(Message)) as Told);
      const names = published.map(({ Event, Records }) => Event ?? Records?.[0]?.["eventName"]);
      expect(new Set(names)).toEqual(new Set(["ObjectRemoved:Delete", "s3:TestEvent"]));
      await eventually("the function to be called", async () => {
        const input = { logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: "TOLD" };
        const { events = [] } = await logs.send(new FilterLogEventsCommand(input)).catch(() => ({ events: [] }));
        return events[0]?.message?.includes("TOLD called") ? true : undefined;
      });
    });
  });
});

/** A document of S3. */
interface Told {
  readonly Event?: string;
  readonly Message?: string;
  readonly Records?: readonly Readonly<Record<string, unknown>>[];
  readonly object?: Readonly<Record<string, unknown>>;
}

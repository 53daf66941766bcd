import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, useTarget } from "../target.ts";
import { awsCli, describeUnless, TRUST_POLICY, whyMissing, writeZips } from "./tools.ts";

const TEST_MS = 120_000;
const ACCOUNT = "000000000000";

const target = useTarget();
const { run: aws, json } = awsCli(target);
let folder: string;

/** The services behind the pipelines, each as its users take it in hand: waiters, pages, tables, files. */
describeUnless(whyMissing("aws", "--version"), "the AWS CLI and the services")("the AWS CLI", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hw-aws-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "sqs, sns: a topic fills a FIFO queue by its filter, and what is not dealt with goes to the dead letters",
    async () => {
      const fifo = { FifoQueue: "true", ContentBasedDeduplication: "true" };
      const dead = await createQueue("dead.fifo", fifo);
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
      const Policy = allow("sns.amazonaws.com", "sqs:SendMessage", `arn:aws:sqs:us-east-1:${ACCOUNT}:work.fifo`);
      const work = await createQueue("work.fifo", { ...fifo, RedrivePolicy, Policy, VisibilityTimeout: "0" });
      const { TopicArn } = await json<{ TopicArn: string }>(
        ...["sns", "create-topic", "--name", "levels.fifo"],
        ...["--attributes", "FifoTopic=true,ContentBasedDeduplication=true"],
      );
      const { SubscriptionArn } = await json<{ SubscriptionArn: string }>(
        ...["sns", "subscribe", "--topic-arn", TopicArn, "--protocol", "sqs", "--notification-endpoint", work.arn],
        ...[
          "--attributes",
          JSON.stringify({ RawMessageDelivery: "true", FilterPolicy: '{"metres":[{"numeric":[">",2]}]}' }),
        ],
        "--return-subscription-arn",
      );
      const entries = [1, 2, 3].map((metres) => ({
        ...{ Id: `m${metres}`, Message: `${metres} m`, MessageGroupId: "river" },
        MessageAttributes: { metres: { DataType: "Number", StringValue: String(metres) } },
      }));
      const published = await json<{ Successful: { Id: string; SequenceNumber: string }[] }>(
        ...["sns", "publish-batch", "--topic-arn", TopicArn],
        ...["--publish-batch-request-entries", file("entries.json", entries)],
      );
      expect(published.Successful.map(({ Id }) => Id)).toEqual(["m1", "m2", "m3"]);
      const receive = ["sqs", "receive-message", "--queue-url", work.url, "--wait-time-seconds", "10"];
      const received = await json(...receive, "--attribute-names", "All", "--message-attribute-names", "All");
      expect(received).toMatchObject({
        Messages: [
          {
            Body: "3 m",
            Attributes: { MessageGroupId: "river", ApproximateReceiveCount: "1" },
            MessageAttributes: { metres: { StringValue: "3", DataType: "Number" } },
          },
        ],
      });
      // it was received as often as the policy lets it be
      expect((await aws("sqs", "receive-message", "--queue-url", work.url)).trim()).toBe("");
      const letter = ["sqs", "receive-message", "--queue-url", dead.url, "--query", "Messages[].[Body, ReceiptHandle]"];
      const [[body, handle]] = (await json<[[string, string]]>(...letter)) ?? [];
      expect(body).toBe("3 m");
      const deletions = file("deletions.json", [
        { Id: "a", ReceiptHandle: handle },
        { Id: "b", ReceiptHandle: "made up" },
      ]);
      expect(await json("sqs", "delete-message-batch", "--queue-url", dead.url, "--entries", deletions)).toMatchObject({
        Successful: [{ Id: "a" }],
        Failed: [{ Id: "b", Code: "ReceiptHandleIsInvalid" }],
      });
      expect(await aws("sqs", "list-queues", "--page-size", "1", "--output", "table")).toMatch(
        /ListQueues[\s\S]*dead\.fifo[\s\S]*work\.fifo/,
      );
      const subscriptions = await aws(
        "sns",
        "list-subscriptions-by-topic",
        "--topic-arn",
        TopicArn,
        "--output",
        "table",
      );
      expect(subscriptions).toContain(SubscriptionArn);
      await aws("sns", "delete-topic", "--topic-arn", TopicArn);
      for (const { url } of [work, dead]) await aws("sqs", "delete-queue", "--queue-url", url);
    },
    TEST_MS,
  );

  it(
    "kinesis: registers consumers and pages through them, keeps a policy, and tells where shards came from",
    async () => {
      const kinesis = (...args: readonly string[]) => aws("kinesis", ...args, "--output", "text");
      await kinesis("create-stream", "--stream-name", "cli-shared", "--shard-count", "1");
      await kinesis("wait", "stream-exists", "--stream-name", "cli-shared");
      const arn = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/cli-shared`;
      for (const name of ["a", "b"]) {
        await kinesis("register-stream-consumer", "--stream-arn", arn, "--consumer-name", name);
      }
      const consumers = ["list-stream-consumers", "--stream-arn", arn, "--page-size", "1"];
      expect((await kinesis(...consumers, "--query", "Consumers[].ConsumerName")).split(/\s+/)).toEqual(
        expect.arrayContaining(["a", "b"]),
      );
      const statement = { Effect: "Allow", Principal: { AWS: "*" }, Action: "kinesis:GetRecords", Resource: arn };
      const policy = file("policy.json", { Version: "2012-10-17", Statement: [statement] });
      await kinesis("put-resource-policy", "--resource-arn", arn, "--policy", policy);
      const { Policy } = await json<{ Policy: string }>("kinesis", "get-resource-policy", "--resource-arn", arn);
      expect(JSON.parse(Policy)).toMatchObject({ Statement: [statement] });
      const split = ["--shard-to-split", "shardId-000000000000", "--new-starting-hash-key", "100"];
      await kinesis("split-shard", "--stream-name", "cli-shared", ...split);
      await kinesis("wait", "stream-exists", "--stream-name", "cli-shared");
      const open = ["list-shards", "--stream-name", "cli-shared", "--shard-filter", "Type=AT_LATEST"];
      expect(await json("kinesis", ...open, "--query", "Shards[].[ShardId, ParentShardId]")).toEqual([
        ["shardId-000000000001", "shardId-000000000000"],
        ["shardId-000000000002", "shardId-000000000000"],
      ]);
      const deletion = ["delete-stream", "--stream-name", "cli-shared"];
      await expect(kinesis(...deletion)).rejects.toThrow(/\(ResourceInUseException\)/);
      await kinesis(...deletion, "--enforce-consumer-deletion");
    },
    TEST_MS,
  );

  it(
    "ssm: puts parameters, pages through a path, decrypts, keeps history and labels",
    async () => {
      for (const [name, type] of Object.entries({
        "/river/a": "String",
        "/river/b": "StringList",
        "/river/c": "SecureString",
      }))
        await aws("ssm", "put-parameter", "--name", name, "--type", type, "--value", "1,2");
      const again = ["ssm", "put-parameter", "--name", "/river/a", "--value", "3"];
      await expect(aws(...again)).rejects.toThrow(/\(ParameterAlreadyExists\)/);
      expect(await json(...again, "--overwrite")).toMatchObject({ Version: 2, Tier: "Standard" });
      const all = await json<{ Parameters: { Name: string; Value: string; LastModifiedDate: string }[] }>(
        ...["ssm", "get-parameters-by-path", "--path", "/river", "--with-decryption", "--page-size", "1"],
      );
      expect(all.Parameters.map(({ Name, Value }) => [Name, Value])).toEqual([
        ["/river/a", "3"],
        ["/river/b", "1,2"],
        ["/river/c", "1,2"],
      ]);
      expect(Math.abs(Date.parse(all.Parameters[0]!.LastModifiedDate) - Date.now())).toBeLessThan(TEST_MS);
      await aws(
        ...["ssm", "label-parameter-version", "--name", "/river/a", "--parameter-version", "1", "--labels", "first"],
      );
      const labelled = ["--name", "/river/a:first", "--query", "Parameter.Value", "--output", "text"];
      expect((await aws("ssm", "get-parameter", ...labelled)).trim()).toBe("1,2");
      expect(await aws("ssm", "get-parameter-history", "--name", "/river/a", "--output", "table")).toMatch(/first/);
      const deleted = await json("ssm", "delete-parameters", "--names", "/river/a", "/river/b", "/river/c", "/river/d");
      expect(deleted).toMatchObject({ InvalidParameters: ["/river/d"] });
    },
    TEST_MS,
  );

  it(
    "cloudwatch: publishes statistics, reads them in both ways, and waits for an alarm",
    async () => {
      const metric = ["--namespace", "rivers", "--metric-name", "level"];
      const data = [
        { MetricName: "level", Unit: "Count", StatisticValues: { SampleCount: 2, Sum: 5, Minimum: 2, Maximum: 3 } },
        { MetricName: "level", Unit: "Count", Value: 4 },
      ];
      await aws("cloudwatch", "put-metric-data", "--namespace", "rivers", "--metric-data", file("data.json", data));
      expect(await aws("cloudwatch", "list-metrics", "--namespace", "rivers", "--output", "table")).toMatch(/level/);
      const [start, end] = [-300_000, 300_000].map((offset) => new Date(Date.now() + offset).toISOString());
      const span = ["--start-time", start!, "--end-time", end!];
      const wanted = ["--period", "3600", "--statistics", "Average", "Maximum", "SampleCount"];
      const { Datapoints } = await json<{ Datapoints: { Timestamp: string }[] }>(
        ...["cloudwatch", "get-metric-statistics", ...metric, ...span, ...wanted],
      );
      expect(Datapoints).toMatchObject([{ Average: 3, Maximum: 4, SampleCount: 3, Unit: "Count" }]);
      expect(Datapoints[0]!.Timestamp).toMatch(/^20\d\d-.*:00(\+00:00|Z)$/);
      const stat = { Metric: { Namespace: "rivers", MetricName: "level" }, Period: 3600, Stat: "Sum" };
      const queries = [
        { Id: "sum", MetricStat: stat, ReturnData: false },
        { Id: "twice", Expression: "sum * 2", Label: "doubled" },
      ];
      expect(
        await json(
          ...["cloudwatch", "get-metric-data", ...span, "--metric-data-queries", file("queries.json", queries)],
          ...["--query", "MetricDataResults[].[Id, Label, Values, StatusCode]"],
        ),
      ).toEqual([["twice", "doubled", [18], "Complete"]]);
      await aws(
        ...[
          "cloudwatch",
          "put-metric-alarm",
          "--alarm-name",
          "flood",
          ...metric,
          "--statistic",
          "Sum",
          "--period",
          "60",
        ],
        ...["--evaluation-periods", "1", "--threshold", "1", "--comparison-operator", "GreaterThanThreshold"],
      );
      await aws("cloudwatch", "wait", "alarm-exists", "--alarm-names", "flood");
      await aws(
        ...["cloudwatch", "set-alarm-state", "--alarm-name", "flood", "--state-value", "OK", "--state-reason", "dry"],
      );
      const history = ["cloudwatch", "describe-alarm-history", "--alarm-name", "flood", "--output", "text"];
      expect(await aws(...history, "--history-item-type", "StateUpdate")).toMatch(/updated from \w+ to OK/);
      await aws("cloudwatch", "delete-alarms", "--alarm-names", "flood");
      await expect(
        aws("cloudwatch", "set-alarm-state", "--alarm-name", "flood", "--state-value", "OK", "--state-reason", "dry"),
      ).rejects.toThrow(/\(ResourceNotFound\)/);
    },
    TEST_MS,
  );

  it(
    "sts, iam: a role is taken on, and may do what its policy allows",
    async () => {
      const trust = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:AssumeRole" }],
      });
      const role = ["--role-name", "cli-reader"];
      await aws("iam", "create-role", ...role, "--assume-role-policy-document", trust);
      await aws("iam", "wait", "role-exists", ...role);
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: "ssm:GetParameter", Resource: `arn:aws:ssm:*:${ACCOUNT}:parameter/open/*` },
        ],
      });
      await aws("iam", "put-role-policy", ...role, "--policy-name", "open", "--policy-document", policy);
      for (const name of ["/open/a", "/closed/a"]) {
        await aws("ssm", "put-parameter", "--name", name, "--type", "String", "--value", "x");
      }
      const { Credentials, AssumedRoleUser } = await json<{
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: string };
        AssumedRoleUser: { Arn: string };
      }>(
        ...["sts", "assume-role", "--role-arn", `arn:aws:iam::${ACCOUNT}:role/cli-reader`],
        ...["--role-session-name", "reader", "--duration-seconds", "900"],
      );
      expect(AssumedRoleUser.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/cli-reader/reader`);
      expect((Date.parse(Credentials.Expiration) - Date.now()) / 60_000).toBeCloseTo(15, 0);
      const reader = awsCli(target, {
        AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
        AWS_SESSION_TOKEN: Credentials.SessionToken,
      });
      const get = (name: string) => ["ssm", "get-parameter", "--name", name, "--query", "Parameter.Value"];
      expect(await reader.json(...get("/open/a"))).toBe("x");
      await expect(reader.run(...get("/closed/a"))).rejects.toThrow(
        `(AccessDeniedException) when calling the GetParameter operation: User: ${AssumedRoleUser.Arn} is not authorized ` +
          `to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/closed/a because no ` +
          "identity-based policy allows the ssm:GetParameter action",
      );
      await expect(reader.run("s3", "ls")).rejects.toThrow(/\(AccessDenied\).*s3:ListAllMyBuckets/);
      await expect(reader.run("iam", "list-roles")).rejects.toThrow(/\(AccessDenied\).*iam:ListRoles/);

      await aws("iam", "delete-role-policy", ...role, "--policy-name", "open");
      await aws("iam", "delete-role", ...role);
    },
    TEST_MS,
  );

  it(
    "lambda: versions, an alias, what becomes of asynchronous events, and a queue as source",
    async () => {
      const { echo } = writeZips(folder);
      const { Role } = await json<{ Role: { Arn: string } }>(
        ...["iam", "create-role", "--role-name", "cli-echo", "--assume-role-policy-document", TRUST_POLICY],
      );
      const may = (Action: readonly string[]) =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
      await aws(
        ...["iam", "put-role-policy", "--role-name", "cli-echo", "--policy-name", "all"],
        ...["--policy-document", may(["sqs:*", "logs:*"])],
      );
      const name = ["--function-name", "cli-echo"];
      await aws(
        ...["lambda", "create-function", ...name, "--runtime", "nodejs22.x", "--handler", "index.handler"],
        ...["--role", Role.Arn, "--zip-file", `fileb://${echo}`],
      );
      await aws("lambda", "wait", "function-active-v2", ...name);
      await aws("lambda", "update-function-configuration", ...name, "--timeout", "5", "--description", "echoes");
      await aws("lambda", "wait", "function-updated-v2", ...name);
      const published = await json<{ Version: string; LastModified: string }>("lambda", "publish-version", ...name);
      expect(published).toMatchObject({ Version: "1", LastModified: expect.stringMatching(/^20\d\d-.*\+0000$/) });
      await aws("lambda", "wait", "published-version-active", ...name, "--qualifier", "1");
      await aws("lambda", "create-alias", ...name, "--name", "live", "--function-version", "1");
      expect(await aws("lambda", "list-versions-by-function", ...name, "--output", "table")).toMatch(/\$LATEST/);

      const [failures, source] = [await createQueue("failures"), await createQueue("source")];
      expect(
        await json(
          ...["lambda", "put-function-event-invoke-config", ...name, "--maximum-retry-attempts", "0"],
          ...["--destination-config", JSON.stringify({ OnFailure: { Destination: failures.arn } })],
        ),
      ).toMatchObject({ MaximumRetryAttempts: 0, LastModified: expect.stringMatching(/^20\d\d-/) });
      const payload = file("failing.json", { fail: "as asked" }).replace("file:", "fileb:");
      const accepted = await json(
        ...["lambda", "invoke", ...name, "--invocation-type", "Event", "--payload", payload, join(folder, "answer")],
      );
      expect(accepted).toMatchObject({ StatusCode: 202 });
      const [failed] = await receive(failures.url);
      expect(JSON.parse(failed!)).toMatchObject({
        requestContext: { condition: "RetriesExhausted", approximateInvokeCount: 1 },
        requestPayload: { fail: "as asked" },
        responsePayload: { errorType: "TypeError", errorMessage: "as asked" },
      });

      const { UUID } = await json<{ UUID: string }>(
        ...["lambda", "create-event-source-mapping", ...name, "--event-source-arn", source.arn, "--batch-size", "2"],
      );
      const entries = JSON.stringify([1, 2].map((number) => ({ Id: `m${number}`, MessageBody: `body ${number}` })));
      const sent = await json("sqs", "send-message-batch", "--queue-url", source.url, "--entries", entries);
      expect(sent).toMatchObject({ Successful: [{ Id: "m1" }, { Id: "m2" }] });
      await eventually("the queue is empty", async () => {
        const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        const counts = ["sqs", "get-queue-attributes", "--queue-url", source.url, "--attribute-names", ...names];
        return (
          (await json<string[]>(...counts, "--query", "values(Attributes)")).every((count) => count === "0") ||
          undefined
        );
      });
      expect(
        await json(
          ...["lambda", "list-event-source-mappings", "--event-source-arn", source.arn, "--page-size", "1"],
          ...["--query", "EventSourceMappings[].[UUID, State, BatchSize]"],
        ),
      ).toEqual([[UUID, "Enabled", 2]]);
      await aws("lambda", "delete-event-source-mapping", "--uuid", UUID);
      await aws("lambda", "delete-function", ...name);
      await expect(aws("lambda", "list-aliases", ...name)).rejects.toThrow(/\(ResourceNotFoundException\)/);
    },
    TEST_MS,
  );

  it(
    "apigateway: an API comes by its definition, is deployed, called and exported",
    async () => {
      const definition = {
        ...{ openapi: "3.0.1", info: { title: "levels", version: "1" } },
        paths: { "/levels/{river}": { get: MOCK_GET } },
      };
      const body = file("definition.json", definition).replace("file:", "fileb:");
      const { id, createdDate } = await json<{ id: string; createdDate: string }>(
        ...["apigateway", "import-rest-api", "--body", body],
      );
      expect(Math.abs(Date.parse(createdDate) - Date.now())).toBeLessThan(TEST_MS);
      const api = ["--rest-api-id", id];
      await aws("apigateway", "create-deployment", ...api, "--stage-name", "v1", "--variables", "unit=metres");
      const answered = await fetch(`${target.endpoint}/restapis/${id}/v1/_user_request_/levels/Hudson`);
      expect(await answered.json()).toEqual({ river: "Hudson", unit: "metres" });
      const paths = ["apigateway", "get-resources", ...api, "--page-size", "1", "--query", "items[].path"];
      expect((await json<string[]>(...paths)).flat().toSorted((a, b) => a.length - b.length)).toEqual([
        ...["/", "/levels", "/levels/{river}"],
      ]);
      const exported = join(folder, "exported.json");
      await aws("apigateway", "get-export", ...api, "--stage-name", "v1", "--export-type", "oas30", exported);
      expect(JSON.parse(readFileSync(exported, "utf8"))).toMatchObject({
        paths: { "/levels/{river}": { get: expect.any(Object) } },
      });
      expect(await aws("apigateway", "get-stages", ...api, "--output", "table")).toMatch(/stageName\s*\|\s*v1/);
      await aws("apigateway", "delete-rest-api", ...api);
      await expect(aws("apigateway", "get-rest-api", ...api)).rejects.toThrow(/\(NotFoundException\)/);
    },
    TEST_MS,
  );

  it(
    "ecr: keeps repositories and their policies, and has no images",
    async () => {
      const name = ["--repository-name", "hydrology/echo"];
      const { repository } = await json<{ repository: { repositoryUri: string; createdAt: string } }>(
        ...["ecr", "create-repository", ...name, "--image-tag-mutability", "IMMUTABLE", "--tags", "Key=a,Value=b"],
      );
      expect(repository.repositoryUri).toContain("hydrology/echo");
      expect(Math.abs(Date.parse(repository.createdAt) - Date.now())).toBeLessThan(TEST_MS);
      const rules = [
        {
          ...{ rulePriority: 1, action: { type: "expire" } },
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 5 },
        },
      ];
      await aws("ecr", "put-lifecycle-policy", ...name, "--lifecycle-policy-text", JSON.stringify({ rules }));
      expect(await json("ecr", "list-images", ...name, "--query", "imageIds")).toEqual([]);
      expect(await aws("ecr", "describe-repositories", "--output", "table")).toMatch(/IMMUTABLE/);
      await aws("ecr", "delete-repository", ...name);
      await expect(aws("ecr", "describe-repositories", "--repository-names", "hydrology/echo")).rejects.toThrow(
        /\(RepositoryNotFoundException\)/,
      );
    },
    TEST_MS,
  );
});

const MOCK_GET = {
  parameters: [{ name: "river", in: "path", required: true, schema: { type: "string" } }],
  responses: { "200": { description: "a level" } },
  "x-amazon-apigateway-integration": {
    type: "mock",
    requestTemplates: { "application/json": '{"statusCode": 200}' },
    responses: {
      default: {
        statusCode: "200",
        responseTemplates: {
          "application/json": `{"river":"$input.params('river')","unit":"$stageVariables.unit"}`,
        },
      },
    },
  },
};

async function createQueue(name: string, attributes: Readonly<Record<string, string>> = {}) {
  const { QueueUrl } = await json<{ QueueUrl: string }>(
    ...["sqs", "create-queue", "--queue-name", name],
    ...(Object.keys(attributes).length > 0 ? ["--attributes", JSON.stringify(attributes)] : []),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}` };
}

/** The bodies of the messages of a queue, once there are any. */
const receive = (url: string): Promise<string[]> =>
  json("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "20", "--query", "Messages[].Body");

const allow = (Service: string, Action: string, Resource: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service }, Action, Resource }] });

/** Writes JSON to a file: how an argument names it. */
function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return `file://${join(folder, name)}`;
}

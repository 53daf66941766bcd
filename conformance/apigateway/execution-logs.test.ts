import { describe, expect, it } from "@jest/globals";
import {
  TestInvokeMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
  type PatchOperation,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { makeRole } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { ExecutionFixture, mock, postJson, proxyTo, read } from "./execution-fixture.ts";

describe("what a stage tells of its requests", () => {
  const aws = new ExecutionFixture();
  const cloudwatch = useClient(new CloudWatchClient(aws.target.clientConfig()));

  beforeAll(async () => {
    const service = "apigateway.amazonaws.com";
    const value = await makeRole(aws.target.clientConfig(), "gateway-logs", { service });
    const patchOperations: PatchOperation[] = [{ op: "replace", path: "/cloudwatchRoleArn", value }];
    await aws.gateway.send(new UpdateAccountCommand({ patchOperations }));
  });

  const set = (restApiId: string, ...changes: (readonly [path: string, value: string])[]) =>
    aws.gateway.send(
      new UpdateStageCommand({
        restApiId,
        stageName: "test",
        patchOperations: changes.map(([path, value]) => ({ op: "replace", path, value })),
      }),
    );

  const messages = (logGroupName: string, atLeast: number) =>
    eventually(`${atLeast} lines in ${logGroupName}`, async () => {
      const answer = await aws.logs.send(new FilterLogEventsCommand({ logGroupName })).catch(() => undefined);
      const lines = (answer?.events ?? []).map(({ message = "" }) => message);
      return lines.length >= atLeast ? lines : undefined;
    });

  describe("access logs", () => {
    it("have a line for each request in the stage's format, with dashes for what there is not", async () => {
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: "access" }));
      const { restApiId, url } = await aws.deploy({ methods: { "GET /x/{id}": mock('{"a": 1}') } });
      await set(
        restApiId,
        ["/accessLogSettings/destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:access"],
        [
          "/accessLogSettings/format",
          '{"requestId":"$context.requestId","method":"$context.httpMethod","path":"$context.resourcePath","status":"$context.status","bytes":$context.responseLength,"who":"$context.authorizer.principalId","error":"$context.error.message"}',
        ],
      );
      const { headers } = await read(fetch(`${url}/x/1`));
      await read(fetch(`${url}/y`));
      const lines = (await messages("access", 2)).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toEqual([
        {
          requestId: headers.get("x-amzn-requestid"),
          method: "GET",
          path: "/x/{id}",
          status: "200",
          bytes: 8,
          who: "-",
          error: "-",
        },
        expect.objectContaining({ status: "403", path: "-", error: "Missing Authentication Token" }),
      ]);
    });
  });

  describe("access logs of a proxy integration", () => {
    it("tell Lambda's status from the function's, also where the function fails or answers something else", async () => {
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: "proxied" }));
      await aws.createFor(
        "moods",
        `exports.handler = async ({ path }) => {
           if (path === "/throws") throw new Error("boom");
           return path === "/odd" ? { odd: 1 } : { statusCode: 418 };
         };`,
      );
      const { restApiId, url } = await aws.deploy({ methods: { "GET /{mood}": proxyTo("moods") } });
      await set(
        restApiId,
        ["/accessLogSettings/destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:proxied"],
        [
          "/accessLogSettings/format",
          '{"id":"$context.requestId","path":"$context.path","all":"$context.status $context.integrationStatus $context.integration.integrationStatus $context.integration.status","error":"$context.integration.error"}',
        ],
      );
      for (const mood of ["fine", "throws", "odd"]) await read(fetch(`${url}/${mood}`));
      const lines = (await messages("proxied", 3)).map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.map(({ path, all, error }) => [path, all, error])).toEqual([
        ["/test/fine", "418 200 200 418", "-"],
        [
          "/test/throws",
          "502 200 200 200",
          "Lambda execution failed with status 200 due to customer function error: boom.",
        ],
        [
          "/test/odd",
          "502 200 200 200",
          "Execution failed due to configuration error: Malformed Lambda proxy response",
        ],
      ]);
    });
  });

  describe("access logs in Firehose", () => {
    it("are delivered to streams whose names begin as API Gateway wants it", async () => {
      const s3 = new S3Client({ ...aws.target.clientConfig(), forcePathStyle: true });
      const firehose = new FirehoseClient(aws.target.clientConfig());
      try {
        await s3.send(new CreateBucketCommand({ Bucket: "access-logs" }));
        const RoleARN = await makeRole(aws.target.clientConfig(), "delivery", { service: "firehose.amazonaws.com" });
        await firehose.send(
          new CreateDeliveryStreamCommand({
            DeliveryStreamName: "amazon-apigateway-access",
            ExtendedS3DestinationConfiguration: {
              RoleARN,
              BucketARN: "arn:aws:s3:::access-logs",
              BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 1 },
            },
          }),
        );
        const { restApiId, url } = await aws.deploy({ methods: { "GET /x": mock("{}") } });
        const destination = "arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-access";
        await set(
          restApiId,
          ["/accessLogSettings/destinationArn", destination],
          ["/accessLogSettings/format", "$context.requestId $context.status"],
        );
        const { headers } = await read(fetch(`${url}/x`));
        const text = await eventually("an object of access logs", async () => {
          const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "access-logs" }));
          const Key = Contents[0]?.Key;
          if (Key === undefined) return undefined;
          return (await s3.send(new GetObjectCommand({ Bucket: "access-logs", Key }))).Body?.transformToString();
        });
        expect(text).toBe(`${headers.get("x-amzn-requestid")} 200\n`);
      } finally {
        s3.destroy();
        firehose.destroy();
      }
    });
  });

  describe("execution logs", () => {
    it("tell of each step at level INFO, and of errors only at level ERROR", async () => {
      await aws.create("not-allowed", "exports.handler = async () => ({ statusCode: 200 });");
      const { restApiId, url } = await aws.deploy({
        methods: { "POST /x": mock('{"a": 1}'), "GET /f": proxyTo("not-allowed") },
      });
      await set(
        restApiId,
        ["/~1x/POST/logging/loglevel", "INFO"],
        ["/~1x/POST/logging/dataTrace", "true"],
        ["/~1f/GET/logging/loglevel", "ERROR"],
      );
      const { headers } = await read(postJson(`${url}/x`, { n: 1 }));
      const requestId = headers.get("x-amzn-requestid") ?? "";
      await read(fetch(`${url}/f`));
      const lines = await messages(`API-Gateway-Execution-Logs_${restApiId}/test`, 10);
      const own = lines
        .filter((line) => line.startsWith(`(${requestId}) `))
        .map((line) => line.slice(requestId.length + 3));
      expect(own).toEqual(
        expect.arrayContaining([
          `Starting execution for request: ${requestId}`,
          "HTTP Method: POST, Resource Path: /x",
          'Method request body before transformations: {"n":1}',
          'Method response body after transformations: {"a": 1}',
          "Method completed with status: 200",
        ]),
      );
      const others = lines.filter((line) => !line.includes(requestId));
      expect(others.join("\n")).toContain("Invalid permissions on Lambda function");
      expect(others.join("\n")).not.toContain("Starting execution");
    });
  });

  describe("metrics", () => {
    it("count requests and errors of an API and of a stage", async () => {
      const { url } = await aws.deploy({ api: { name: "counted" }, methods: { "GET /x": mock("{}") } });
      for (const path of ["x", "x", "y"]) await read(fetch(`${url}/${path}`));
      const sumOf = async (MetricName: string, more = [{ Name: "Stage", Value: "test" }]) => {
        const { Datapoints = [] } = await cloudwatch.send(
          new GetMetricStatisticsCommand({
            Namespace: "AWS/ApiGateway",
            MetricName,
            Dimensions: [{ Name: "ApiName", Value: "counted" }, ...more],
            StartTime: new Date(Date.now() - 3_600_000),
            EndTime: new Date(Date.now() + 120_000),
            Period: 7_200,
            Statistics: ["Sum"],
          }),
        );
        return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
      };
      expect(await sumOf("Count")).toBe(3);
      expect(await sumOf("Count", [])).toBe(3);
      expect(await sumOf("4XXError")).toBe(1);
      expect(await sumOf("5XXError")).toBe(0);
    });
  });

  describe("TestInvokeMethod", () => {
    it("runs what is being edited, without a deployment, and tells how it went", async () => {
      const { restApiId, resources } = await aws.deploy({ methods: { "GET /x/{id}": mock("{}") } });
      const resourceId = resources.get("/x/{id}") ?? "";
      await aws.putMethod(
        restApiId,
        resourceId,
        "POST",
        mock(`{"id": "$input.params('id')", "q": "$input.params('q')"}`),
      );
      const result = await aws.gateway.send(
        new TestInvokeMethodCommand({
          restApiId,
          resourceId,
          httpMethod: "POST",
          pathWithQueryString: "/x/7?q=1",
          body: '{"n": 1}',
          headers: { "x-a": "b" },
        }),
      );
      expect(result).toMatchObject({
        status: 200,
        body: '{"id": "7", "q": "1"}',
        headers: { "Content-Type": "application/json" },
      });
      expect(result.log).toMatch(/^Execution log for request /);
      expect(result.log).toContain('Method request body before transformations: {"n": 1}');
      expect(result.log).toContain("Method completed with status: 200");
    });
  });
});

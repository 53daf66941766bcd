import { describe, expect, it } from "@jest/globals";
import { DescribeAlarmsCommand, CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { TargetConfig } from "../target.ts";
import { RoleFixture, uniqueName } from "./fixture.ts";

type Call = (config: TargetConfig) => Promise<unknown>;
interface Client<C> {
  send(command: C): Promise<unknown>;
  destroy(): void;
}

const by =
  <C>(Client: new (config: never) => Client<C>, command: () => unknown): Call =>
  async (config) => {
    const client = new Client({ ...config, maxAttempts: 1 } as never);
    try {
      return await client.send(command() as C);
    } finally {
      client.destroy();
    }
  };

/** Protocol, a call in it, and the status that refusals of credentials have there. */
const calls: [string, Call, "query" | "json", number][] = [
  ["query (IAM)", by(IAMClient, () => new ListRolesCommand({})), "query", 403],
  ["JSON (DynamoDB)", by(DynamoDBClient, () => new ListTablesCommand({})), "json", 400],
  ["REST JSON (Lambda)", by(LambdaClient, () => new ListFunctionsCommand({})), "json", 403],
  ["JSON with the codes of query (SQS)", by(SQSClient, () => new ListQueuesCommand({})), "query", 403],
  [
    "CBOR with the codes of query (CloudWatch)",
    by(CloudWatchClient, () => new DescribeAlarmsCommand({})),
    "query",
    403,
  ],
];
const listBuckets = by(S3Client, () => new ListBucketsCommand({}));

const UNKNOWN = { accessKeyId: "ASIAAAAAAAAAAAAAAAAA", secretAccessKey: "x", sessionToken: "y" };

describe("temporary credentials", () => {
  const fixture = new RoleFixture({ manualClock: true });

  it.each(calls)("that were not issued are refused in the words of %s", async (_protocol, call, codes, status) => {
    await expect(call({ ...fixture.target.clientConfig(), credentials: UNKNOWN })).rejects.toMatchObject({
      name: codes === "query" ? "InvalidClientTokenId" : "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
      $metadata: { httpStatusCode: status },
    });
  });

  it.each(calls)("that have expired are refused in the words of %s", async (_protocol, call, codes, status) => {
    const session = await fixture.session(await fixture.role(uniqueName("expired")));
    await fixture.target.clock.advance(3_600_000);
    await expect(call(session)).rejects.toMatchObject({
      name: codes === "query" ? "ExpiredToken" : "ExpiredTokenException",
      message: "The security token included in the request is expired",
      $metadata: { httpStatusCode: status },
    });
  });

  it("are refused by S3 in words of its own", async () => {
    const config = { ...fixture.target.clientConfig(), forcePathStyle: true };
    await expect(listBuckets({ ...config, credentials: UNKNOWN })).rejects.toMatchObject({
      name: "InvalidAccessKeyId",
      message: "The AWS Access Key Id you provided does not exist in our records.",
      AWSAccessKeyId: UNKNOWN.accessKeyId,
      $metadata: { httpStatusCode: 403 },
    });
    const session = await fixture.session(await fixture.role(uniqueName("s3")));
    const wrong = { ...session, credentials: Object.assign({}, session.credentials, { sessionToken: "y" }) };
    await expect(listBuckets(wrong)).rejects.toMatchObject({
      name: "InvalidToken",
      message: "The provided token is malformed or otherwise invalid.",
      $metadata: { httpStatusCode: 400 },
    });
    await fixture.target.clock.advance(3_600_000);
    await expect(listBuckets(session)).rejects.toMatchObject({
      name: "ExpiredToken",
      message: "The provided token has expired.",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

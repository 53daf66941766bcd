import { describe, expect, it } from "@jest/globals";
import {
  AddPermissionCommand,
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-lambda";
import { authorization } from "../raw-request.ts";
import { LambdaFixture } from "./fixture.ts";

const ECHO = "exports.handler = async (event) => event;";
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

const aws = new LambdaFixture();

describe("AddPermission, GetPolicy, RemovePermission", () => {
  const add = (FunctionName: string, settings: object = {}) =>
    aws.lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "s3",
        Action: "lambda:InvokeFunction",
        Principal: "s3.amazonaws.com",
        ...settings,
      }),
    );

  it("keep statements as AWS writes them", async () => {
    await aws.create("permitted", ECHO);
    const { Statement } = await add("permitted", { SourceArn: "arn:aws:s3:::bucket", SourceAccount: "000000000000" });
    const s3 = {
      Sid: "s3",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: arnOf("permitted"),
      Condition: {
        StringEquals: { "AWS:SourceAccount": "000000000000" },
        ArnLike: { "AWS:SourceArn": "arn:aws:s3:::bucket" },
      },
    };
    expect(JSON.parse(Statement ?? "")).toEqual(s3);
    await add("permitted", { StatementId: "account", Principal: "111122223333" });
    const { Policy, RevisionId } = await aws.lambda.send(new GetPolicyCommand({ FunctionName: "permitted" }));
    expect(JSON.parse(Policy ?? "")).toMatchObject({
      Version: "2012-10-17",
      Id: "default",
      Statement: [s3, { Sid: "account", Principal: { AWS: "arn:aws:iam::111122223333:root" } }],
    });
    await expect(add("permitted", { StatementId: "x", RevisionId: "old" })).rejects.toMatchObject({
      name: "PreconditionFailedException",
    });
    await add("permitted", { StatementId: "x", RevisionId });
  });

  it("refuse a statement that exists, and one that does not", async () => {
    await aws.create("statements", ECHO);
    await add("statements");
    await expect(add("statements")).rejects.toMatchObject({
      name: "ResourceConflictException",
      message:
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
    });
    const remove = (StatementId: string) =>
      aws.lambda.send(new RemovePermissionCommand({ FunctionName: "statements", StatementId }));
    await expect(remove("other")).rejects.toMatchObject({
      message: "Statement other is not found in resource policy.",
    });
    await remove("s3");
    await expect(aws.lambda.send(new GetPolicyCommand({ FunctionName: "statements" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource you requested does not exist.",
    });
  });

  it("are of one version where a qualifier says so, but never of $LATEST", async () => {
    await aws.create("qualified", ECHO, { Publish: true });
    await add("qualified", { Qualifier: "1" });
    await expect(aws.lambda.send(new GetPolicyCommand({ FunctionName: "qualified" }))).rejects.toThrow(
      "does not exist",
    );
    const { Policy } = await aws.lambda.send(new GetPolicyCommand({ FunctionName: "qualified", Qualifier: "1" }));
    expect(Policy).toContain(`${arnOf("qualified")}:1`);
    await expect(add("qualified", { Qualifier: "$LATEST" })).rejects.toThrow(
      "We currently do not support adding policies for $LATEST.",
    );
  });
});

describe("tags", () => {
  it("are given at creation, added, replaced and removed", async () => {
    await aws.create("tagged", ECHO, { Tags: { a: "1", b: "2" } });
    const Resource = arnOf("tagged");
    await aws.lambda.send(new TagResourceCommand({ Resource, Tags: { b: "3", c: "4" } }));
    await aws.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ["a"] }));
    expect((await aws.lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: "3", c: "4" });
    expect((await aws.lambda.send(new GetFunctionCommand({ FunctionName: "tagged" }))).Tags).toEqual({
      b: "3",
      c: "4",
    });
    await expect(aws.lambda.send(new ListTagsCommand({ Resource: arnOf("untold") }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(aws.lambda.send(new TagResourceCommand({ Resource, Tags: { "aws:x": "y" } }))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });
});

describe("concurrency", () => {
  const reserve = (FunctionName: string, ReservedConcurrentExecutions: number) =>
    aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));

  it("that is reserved is counted, answered and given back", async () => {
    await aws.create("reserved", ECHO);
    const unreserved = async () =>
      (await aws.lambda.send(new GetAccountSettingsCommand({}))).AccountLimit?.UnreservedConcurrentExecutions;
    const before = await unreserved();
    expect((await reserve("reserved", 100)).ReservedConcurrentExecutions).toBe(100);
    expect(await unreserved()).toBe((before ?? 0) - 100);
    const get = () => aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: "reserved" }));
    expect((await get()).ReservedConcurrentExecutions).toBe(100);
    expect((await aws.lambda.send(new GetFunctionCommand({ FunctionName: "reserved" }))).Concurrency).toEqual({
      ReservedConcurrentExecutions: 100,
    });
    await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: "reserved" }));
    expect((await get()).ReservedConcurrentExecutions).toBeUndefined();
    expect(await unreserved()).toBe(before);
  });

  it("must leave 100 executions unreserved", async () => {
    await aws.create("greedy", ECHO);
    await expect(reserve("greedy", 901)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
  });

  it("throttles a function beyond its reservation, and only so long", async () => {
    await aws.create("narrow", "exports.handler = async () => new Promise((r) => setTimeout(r, 500, 'ok'));");
    await aws.create("broad", ECHO);
    await reserve("narrow", 1);
    const [first, second] = await Promise.allSettled([aws.invoke("narrow"), aws.invoke("narrow")]);
    const outcomes = [first, second].toSorted((a, b) => a.status.localeCompare(b.status));
    expect(outcomes[0]).toMatchObject({ status: "fulfilled", value: { value: "ok" } });
    expect(outcomes[1]).toMatchObject({
      status: "rejected",
      reason: {
        name: "TooManyRequestsException",
        message: "Rate Exceeded.",
        Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
        $metadata: { httpStatusCode: 429 },
      },
    });
    expect((await aws.invoke("broad", { a: 1 })).value).toEqual({ a: 1 });
    expect((await aws.invoke("narrow")).value).toBe("ok");
    await reserve("narrow", 0);
    await expect(aws.invoke("narrow")).rejects.toMatchObject({ name: "TooManyRequestsException" });
  });
});

describe("GetAccountSettings", () => {
  it("counts functions and the bytes of their code", async () => {
    const usage = async () => (await aws.lambda.send(new GetAccountSettingsCommand({}))).AccountUsage;
    const before = await usage();
    const { CodeSize = 0 } = await aws.create("counted", ECHO);
    expect(await usage()).toEqual({
      FunctionCount: (before?.FunctionCount ?? 0) + 1,
      TotalCodeSize: (before?.TotalCodeSize ?? 0) + CodeSize,
    });
  });
});

describe("operations that Headwater does not have", () => {
  it("are refused by name", async () => {
    const response = await fetch(`${aws.target.endpoint}/2021-10-31/functions/f/url`, {
      headers: {
        authorization: authorization("lambda"),
      },
    });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain("GetFunctionUrlConfig");
  });
});

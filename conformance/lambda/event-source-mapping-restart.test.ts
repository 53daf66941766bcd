import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { keys, MappingFixture } from "./event-source-mapping-fixture.ts";

describe("event source mappings over a restart of the emulator", () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-mapping-restart-"));
  let aws: MappingFixture;

  /** The emulator of the same data, again: a life of its own with clients of its own. */
  const start = () => MappingFixture.open({ dataDirectory });

  beforeAll(async () => {
    aws = await start();
  });

  afterAll(async () => {
    await aws[Symbol.asyncDispose]();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it("go on behind the last record that was settled, also with what was put while they were failing", async () => {
    const stream = await aws.stream("restart");
    const before = await aws.consumer("restart");
    const uuid = await aws.mapping({ FunctionName: "restart", EventSourceArn: stream, BatchSize: 2 });
    await aws.put("restart", keys(3));
    await aws.stepUntil("the first three", () => (before.delivered().length === 3 ? true : undefined));
    await aws.result(uuid, "OK");
    before.behave(() => ({ error: "down" }));
    const undelivered = await aws.put("restart", keys(3));
    await aws.result(uuid, "PROBLEM: Function call failed");
    await aws[Symbol.asyncDispose]();

    aws = await start();
    expect((await aws.describe(uuid)).State).toBe("Enabled");
    const after = aws.listen("restart");
    const Variables = { COLLECTOR: aws.collectorUrl("restart") };
    await aws.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: "restart", Environment: { Variables } }),
    );
    await aws.stepUntil("the other three", () => (after.delivered().length === 3 ? true : undefined));
    expect(after.delivered()).toEqual(undelivered);
    const next = await aws.put("restart", keys(1));
    await aws.stepUntil("the next", () => (after.delivered().length === 4 ? true : undefined));
    expect(after.delivered().slice(3)).toEqual(next);
  });
});

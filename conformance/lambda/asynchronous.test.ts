import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { DeleteFunctionCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { eventually } from "../target.ts";
import { LambdaFixture } from "./fixture.ts";

/** Time stands still unless stepped: retries wait for it. */
describe("asynchronous Invoke", () => {
  const aws = new LambdaFixture({ manualClock: true });

  const send = (name: string, event: unknown = {}) => aws.invoke(name, event, { InvocationType: "Event" });
  const reports = (lines: string[]) => lines.filter((line) => line.startsWith("REPORT"));
  const requestIds = (lines: string[]) => new Set(reports(lines).map((line) => line.split(/\s/)[2]));

  it("answers 202 without a payload, and runs the function with the event", async () => {
    await aws.create("accepted", "exports.handler = async (event) => console.log('got ' + event.text);");
    expect(await send("accepted", { text: "it" })).toEqual({
      status: 202,
      error: undefined,
      version: undefined,
      value: {},
      log: "",
    });
    expect((await aws.logged("accepted", "got it")).join("")).toContain("got it");
  });

  it("tries a failing event three times: a minute, then two minutes later, with one request id", async () => {
    await aws.create("fails", "let n = 0; exports.handler = async () => { throw new Error('attempt ' + ++n); };");
    await send("fails");
    await aws.logged("fails", "attempt 1");
    await aws.target.clock.advance(59_000);
    await aws.target.clock.advance(1_500);
    await aws.logged("fails", "attempt 2");
    await aws.target.clock.advance(60_000);
    expect(reports(await aws.logged("fails", "attempt 2"))).toHaveLength(2);
    await aws.target.clock.advance(61_000);
    const lines = await aws.logged("fails", "attempt 3");
    expect(requestIds(lines).size).toBe(1);
    await aws.target.clock.advance(6 * 3_600_000);
    await aws.create("after-fails", "exports.handler = async () => console.log('ran');");
    await send("after-fails");
    await aws.logged("after-fails", "ran");
    expect(reports(await aws.logged("fails", "attempt 3"))).toHaveLength(3);
  });

  it("does not count attempts that are throttled", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-test-"));
    const release = join(folder, "release");
    const source = `exports.handler = async ({ release }) => {
      if (release) require("fs").writeFileSync(release + "-started", "");
      while (release && !require("fs").existsSync(release)) await new Promise((r) => setTimeout(r, 10));
      console.log(release ? "holder" : "ran at last"); };`;
    await aws.create("throttled-event", source, { Timeout: 60 });
    await aws.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "throttled-event", ReservedConcurrentExecutions: 1 }),
    );
    const holder = aws.invoke("throttled-event", { release });
    await eventually("the holder runs", async () => (existsSync(`${release}-started`) ? true : undefined));
    await send("throttled-event");
    for (let i = 0; i < 10; i++) await aws.target.clock.advance(300_000);
    writeFileSync(release, "");
    await holder;
    await aws.target.clock.advance(301_000);
    expect((await aws.logged("throttled-event", "ran at last")).length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it("refuses an event that is not JSON at once", async () => {
    await aws.create("async-not-json", "exports.handler = async () => {};");
    await expect(
      aws.invoke("async-not-json", {}, { InvocationType: "Event", Payload: Buffer.from("{") }),
    ).rejects.toMatchObject({ name: "InvalidRequestContentException" });
  });

  it("drops the events of a function that is deleted", async () => {
    await aws.create("gone", "exports.handler = async () => { throw new Error('first'); };");
    await send("gone");
    await aws.logged("gone", "first");
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "gone" }));
    await aws.target.clock.advance(61_000);
    await aws.create("gone", "exports.handler = async () => console.log('never');");
    await aws.target.clock.advance(600_000);
    expect((await aws.logged("gone", "first")).join("")).not.toContain("never");
  });
});

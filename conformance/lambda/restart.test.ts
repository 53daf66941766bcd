import { describe, expect, it } from "@jest/globals";
import {
  GetAliasCommand,
  GetPolicyCommand,
  LambdaClient,
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  InvokeCommand,
} from "@aws-sdk/client-lambda";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/index.ts";
import { EmulatorProcess, isAlive } from "../emulator-process.ts";
import { eventually } from "../target.ts";
import { makeRole } from "../role.ts";
import { ROLE, zipOf } from "./fixture.ts";

describe("a restart on the same data directory", () => {
  it("keeps functions, versions, aliases and policies, and the events that were accepted", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-test-"));
    try {
      const marker = join(dataDirectory, "ran");
      const source = `exports.handler = async (event) => {
        if (event.marker) require("fs").appendFileSync(event.marker, "x");
        if (event.hang) await new Promise((r) => setTimeout(r, 1e6));
        return process.env.NAME; };`;
      {
        await using aws = await startEmulator({ port: 0, dataDirectory, logLevel: "error" });
        const lambda = new LambdaClient(aws.clientConfig());
        await makeRole(aws.clientConfig(), "function");
        await lambda.send(
          new CreateFunctionCommand({
            FunctionName: "kept",
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            Role: ROLE,
            Code: { ZipFile: zipOf(source) },
            Environment: { Variables: { NAME: "value" } },
            Timeout: 30,
            Publish: true,
          }),
        );
        await lambda.send(new CreateAliasCommand({ FunctionName: "kept", Name: "live", FunctionVersion: "1" }));
        await lambda.send(
          new AddPermissionCommand({
            FunctionName: "kept",
            StatementId: "s",
            Action: "lambda:InvokeFunction",
            Principal: "*",
          }),
        );
        const Payload = JSON.stringify({ marker, hang: true });
        await lambda.send(new InvokeCommand({ FunctionName: "kept", InvocationType: "Event", Payload }));
        await eventually("the event's first run", async () => existsSync(marker) || undefined);
        lambda.destroy();
      }
      await using aws = await startEmulator({ port: 0, dataDirectory, logLevel: "error" });
      const lambda = new LambdaClient(aws.clientConfig());
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "kept", Qualifier: "live" }));
      expect(Payload?.transformToString()).toBe('"value"');
      expect((await lambda.send(new GetAliasCommand({ FunctionName: "kept", Name: "live" }))).FunctionVersion).toBe(
        "1",
      );
      expect((await lambda.send(new GetPolicyCommand({ FunctionName: "kept" }))).Policy).toContain('"Sid":"s"');
      const runs = () => readFileSync(marker, "utf8").length;
      await eventually("the event that was not done runs again", async () => runs() === 2 || undefined);
      lambda.destroy();
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe("an emulator that stops", () => {
  it("has put the last lines of a function that ended just before", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-test-"));
    // more than is put at once
    const source = `exports.handler = () => {
      for (let line = 0; line < 1200; line++) console.log("farewell " + "x".repeat(1000));
      process.exit(3);
    };`;
    try {
      {
        await using aws = await startEmulator({ port: 0, dataDirectory, logLevel: "error" });
        const lambda = new LambdaClient(aws.clientConfig());
        await makeRole(aws.clientConfig(), "function");
        await lambda.send(
          new CreateFunctionCommand({
            FunctionName: "leaves",
            Runtime: "nodejs20.x",
            Handler: "index.handler",
            Role: ROLE,
            Code: { ZipFile: zipOf(source) },
          }),
        );
        const answer = await lambda.send(new InvokeCommand({ FunctionName: "leaves" }));
        expect(answer.FunctionError).toBe("Unhandled");
        lambda.destroy();
      }
      await using aws = await startEmulator({ port: 0, dataDirectory, logLevel: "error" });
      const logs = new CloudWatchLogsClient(aws.clientConfig());
      const reports = new FilterLogEventsCommand({ logGroupName: "/aws/lambda/leaves", filterPattern: "REPORT" });
      expect((await logs.send(reports)).events).toHaveLength(1);
      logs.destroy();
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});

describe("an emulator that is killed", () => {
  it("leaves no function behind, not even one that loops for ever", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "headwater-test-"));
    const emulator = await EmulatorProcess.start(dataDirectory);
    try {
      const place = join(dataDirectory, "pid");
      const lambda = new LambdaClient(emulator.clientConfig());
      await makeRole(emulator.clientConfig(), "function");
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: "loops",
          Runtime: "nodejs20.x",
          Handler: "index.handler",
          Role: ROLE,
          Code: {
            ZipFile: zipOf(
              "exports.handler = (event) => { require('fs').writeFileSync(event, '' + process.pid); for (;;); };",
            ),
          },
          Timeout: 900,
        }),
      );
      const invocation = lambda.send(new InvokeCommand({ FunctionName: "loops", Payload: JSON.stringify(place) }));
      const pid = await eventually(
        "the function runs",
        async () => (existsSync(place) && readFileSync(place, "utf8")) || undefined,
      );
      await Promise.all([emulator.kill(), expect(invocation).rejects.toThrow()]);
      await eventually("the function's process ends", async () => !isAlive(Number(pid)) || undefined);
      lambda.destroy();
    } finally {
      await emulator.kill();
      rmSync(dataDirectory, { recursive: true, force: true });
    }
  });
});

import { describe, expect, it } from "@jest/globals";
import {
  CreateAliasCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { LambdaFixture, zipOf } from "./fixture.ts";

const ECHO = "exports.handler = async (event) => event;";

describe("Invoke", () => {
  const aws = new LambdaFixture();

  describe("validation", () => {
    it("refuses a function that does not exist", async () => {
      await expect(aws.invoke("nobody")).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody",
        Type: "User",
        $metadata: { httpStatusCode: 404 },
      });
    });

    it("refuses a version that does not exist", async () => {
      await aws.create("no-such-version", ECHO);
      await expect(aws.invoke("no-such-version", {}, { Qualifier: "7" })).rejects.toMatchObject({
        message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:no-such-version:7",
      });
    });

    it("refuses an event that is not JSON, and the function does not see it", async () => {
      await aws.create("not-json", ECHO);
      await expect(aws.invoke("not-json", {}, { Payload: Buffer.from("{nonsense") })).rejects.toMatchObject({
        name: "InvalidRequestContentException",
        message: expect.stringMatching(/^Could not parse request body into json: Could not parse payload into json: /),
      });
      expect((await aws.invoke("not-json", { a: 1 })).value).toEqual({ a: 1 });
    });

    it("refuses events over 6 MB, and over 1 MB when they are asynchronous", async () => {
      await aws.create("too-large", "exports.handler = async (event) => event.length;");
      const json = (bytes: number) => Buffer.from(`"${"x".repeat(bytes - 2)}"`);
      expect((await aws.invoke("too-large", {}, { Payload: json(6_291_456) })).value).toBe(6_291_454);
      await expect(aws.invoke("too-large", {}, { Payload: json(6_291_457) })).rejects.toMatchObject({
        name: "RequestTooLargeException",
        message: "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        $metadata: { httpStatusCode: 413 },
      });
      await expect(
        aws.invoke("too-large", {}, { Payload: json(1_048_577), InvocationType: "Event" }),
      ).rejects.toMatchObject({ name: "RequestTooLargeException" });
    });

    it("DryRun checks and does not run", async () => {
      await aws.create("dry", ECHO);
      expect(await aws.invoke("dry", {}, { InvocationType: "DryRun" })).toMatchObject({ status: 204, value: {} });
      await expect(aws.invoke("not-dry", {}, { InvocationType: "DryRun" })).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
    });
  });

  describe("behaviour", () => {
    it("answers what the handler answers, and which version ran", async () => {
      await aws.create("echo", ECHO);
      expect(await aws.invoke("echo", { text: "Grüße", n: [1, null] })).toEqual({
        status: 200,
        error: undefined,
        version: "$LATEST",
        value: { text: "Grüße", n: [1, null] },
        log: "",
      });
    });

    it("takes no payload for an empty object, and nothing for null", async () => {
      await aws.create("no-payload", "exports.handler = async (event) => JSON.stringify(event);");
      const { Payload } = await aws.lambda.send(new InvokeCommand({ FunctionName: "no-payload" }));
      expect(Payload?.transformToString()).toBe('"{}"');
      const nothing = await aws.run("nothing", "exports.handler = async () => {};");
      expect(nothing.value).toBeNull();
    });

    it("takes names, partial ARNs and ARNs, with a qualifier in them or beside them", async () => {
      await aws.create("named", "exports.handler = async (event, context) => context.invokedFunctionArn;", {
        Publish: true,
      });
      const arn = "arn:aws:lambda:us-east-1:000000000000:function:named";
      expect((await aws.invoke("named")).value).toBe(arn);
      expect((await aws.invoke("000000000000:function:named")).value).toBe(arn);
      expect((await aws.invoke(`${arn}:1`)).value).toBe(`${arn}:1`);
      expect((await aws.invoke("named", {}, { Qualifier: "1" })).value).toBe(`${arn}:1`);
    });

    it("gives the handler a complete context", async () => {
      const source = `exports.handler = async (event, context) => ({
        ...context, left: context.getRemainingTimeInMillis(), keys: Object.keys(context).sort() });`;
      await aws.create("context", source, { Timeout: 7, MemorySize: 256 });
      const clientContext = Buffer.from(JSON.stringify({ custom: { a: "b" } })).toString("base64");
      const { value } = await aws.invoke("context", {}, { ClientContext: clientContext });
      expect(value).toMatchObject({
        functionName: "context",
        functionVersion: "$LATEST",
        memoryLimitInMB: "256",
        invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:context",
        logGroupName: "/aws/lambda/context",
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        callbackWaitsForEmptyEventLoop: true,
        clientContext: { custom: { a: "b" } },
      });
      expect(value["left"]).toBeGreaterThan(6_000);
      expect(value["left"]).toBeLessThanOrEqual(7_000);
      expect(value["keys"]).toEqual(expect.arrayContaining(["done", "fail", "succeed", "identity"]));
    });

    it.each([
      ["a callback", "exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'done'), 5);"],
      ["context.succeed", "exports.handler = (event, context) => context.succeed('done');"],
      ["context.done", "exports.handler = (event, context) => { context.done(null, 'done'); };"],
      ["a thenable", "exports.handler = () => ({ then: (resolve) => resolve('done') });"],
    ])("takes the answer of %s", async (what, source) => {
      const { value, error } = await aws.run(`answers-${what.replaceAll(/\W/g, "-")}`, source);
      expect({ value, error }).toEqual({ value: "done", error: undefined });
    });

    it("waits for an empty event loop after a callback, unless the context says not to", async () => {
      const source = `let late = "early";
        exports.handler = (event, context, callback) => {
          context.callbackWaitsForEmptyEventLoop = event.wait;
          setTimeout(() => { late = "late"; console.log("the timer fired"); }, 100);
          callback(null, late);
        };`;
      await aws.create("empty-loop", source);
      const waited = await aws.invoke("empty-loop", { wait: true }, { LogType: "Tail" });
      expect(waited.log).toContain("the timer fired");
      const quick = await aws.invoke("empty-loop", { wait: false }, { LogType: "Tail" });
      expect(quick.value).toBe("late");
      expect(quick.log).not.toContain("the timer fired");
    });

    it("answers null when a handler ends without an answer, and an error when its promise never settles", async () => {
      const ended = await aws.run("no-answer", "exports.handler = (event, context, callback) => {};");
      expect(ended).toMatchObject({ value: null, error: undefined });
      const unsettled = await aws.run("unsettled", "exports.handler = async () => new Promise(() => {});");
      expect(unsettled).toMatchObject({ error: "Unhandled", value: { errorType: "Runtime.NodeJsExit" } });
    });

    it("keeps an environment and what it has in memory for the next invocation", async () => {
      await aws.create("warm", "let count = 0; exports.handler = async () => ++count;");
      const counts = [];
      for (let i = 0; i < 3; i++) counts.push((await aws.invoke("warm")).value);
      expect(counts).toEqual([1, 2, 3]);
    });

    it("has one environment for each concurrent invocation", async () => {
      const source = `let busy = 0;
        exports.handler = async () => {
          busy++;
          await new Promise((resolve) => setTimeout(resolve, 200));
          return { most: busy--, pid: process.pid };
        };`;
      await aws.create("concurrent", source);
      const answers = await Promise.all([1, 2, 3].map(() => aws.invoke("concurrent")));
      expect(answers.map(({ value }) => value["most"])).toEqual([1, 1, 1]);
      expect(new Set(answers.map(({ value }) => value["pid"])).size).toBeGreaterThan(1);
    });

    it("runs new code and new settings from the next invocation on", async () => {
      await aws.create("updated", "exports.handler = async () => 'old ' + process.env.NAME;", {
        Environment: { Variables: { NAME: "a" } },
      });
      expect((await aws.invoke("updated")).value).toBe("old a");
      const code = zipOf("exports.handler = async () => 'new ' + process.env.NAME;");
      await aws.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "updated", ZipFile: code }));
      expect((await aws.invoke("updated")).value).toBe("new a");
      await aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: "updated", Environment: { Variables: { NAME: "b" } } }),
      );
      expect((await aws.invoke("updated")).value).toBe("new b");
    });

    it("an update lets the invocation that runs end with the old code", async () => {
      const source = (text: string) =>
        `exports.handler = async () => { await new Promise((r) => setTimeout(r, 400)); return "${text}"; };`;
      await aws.create("in-flight", source("old"));
      await aws.invoke("in-flight");
      const running = aws.invoke("in-flight");
      const update = new UpdateFunctionCodeCommand({ FunctionName: "in-flight", ZipFile: zipOf(source("new")) });
      await Promise.all([aws.lambda.send(update), running]);
      expect((await running).value).toBe("old");
      expect((await aws.invoke("in-flight")).value).toBe("new");
    });

    it("an alias with weights sends invocations to both of its versions", async () => {
      await aws.create("weighted", "exports.handler = async (event, context) => context.functionVersion;", {
        Publish: true,
      });
      await aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: "weighted", Description: "second" }),
      );
      await aws.lambda.send(new PublishVersionCommand({ FunctionName: "weighted" }));
      await aws.lambda.send(
        new CreateAliasCommand({
          FunctionName: "weighted",
          Name: "live",
          FunctionVersion: "1",
          RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } },
        }),
      );
      const versions = new Set<unknown>();
      for (let i = 0; i < 60; i++) {
        const { version, value } = await aws.invoke("weighted", {}, { Qualifier: "live" });
        expect(value).toBe(version);
        versions.add(version);
      }
      expect(versions).toEqual(new Set(["1", "2"]));
    });
  });

  describe("errors of a function", () => {
    it("answers an error that the handler throws with its type, message and trace", async () => {
      const source = `class Refused extends Error { constructor(m) { super(m); this.name = "Refused"; } }
        exports.handler = async () => { throw new Refused("not today"); };`;
      const { status, error, value, log } = await aws.run("throws", source);
      expect({ status, error }).toEqual({ status: 200, error: "Unhandled" });
      expect(value).toMatchObject({ errorType: "Refused", errorMessage: "not today" });
      expect((value["trace"] as string[])[0]).toBe("Refused: not today");
      expect(log).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"Refused","errorMessage":"not today"/);
    });

    it.each([
      ["a string", "exports.handler = async () => { throw 'plain'; };", { errorType: "string", errorMessage: "plain" }],
      [
        "a callback",
        "exports.handler = (e, c, callback) => { callback(new TypeError('given')); };",
        { errorType: "TypeError", errorMessage: "given" },
      ],
      [
        "a circular answer",
        "exports.handler = async () => { const a = {}; a.a = a; return a; };",
        { errorType: "Runtime.JSONStringifyError", errorMessage: "Unable to stringify response body" },
      ],
      [
        "an answer over 6 MB",
        "exports.handler = async () => 'x'.repeat(6291555);",
        {
          errorType: "Function.ResponseSizeTooLarge",
          errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        },
      ],
    ])("answers the error of %s", async (what, source, expected) => {
      const { error, value } = await aws.run(`fails-with-${what.replaceAll(" ", "-")}`, source);
      expect(error).toBe("Unhandled");
      expect(value).toMatchObject(expected);
    });

    it.each([
      ["missing-file", "index.handler", { "other.js": "" }, "Runtime.ImportModuleError", /Cannot find module 'index'/],
      ["missing-import", "index.handler", { "index.js": "require('nope')" }, "Runtime.ImportModuleError", /'nope'/],
      [
        "missing-export",
        "index.main",
        { "index.js": ECHO },
        "Runtime.HandlerNotFound",
        /^index\.main is undefined or not exported$/,
      ],
      [
        "no-function",
        "index.a",
        { "index.js": "exports.a = 1" },
        "Runtime.HandlerNotFound",
        /^index\.a is not a function$/,
      ],
      ["no-dot", "index", { "index.js": ECHO }, "Runtime.MalformedHandlerName", /^Bad handler$/],
      [
        "syntax",
        "index.handler",
        { "index.js": "exports.handler = (;" },
        "Runtime.UserCodeSyntaxError",
        /^SyntaxError: /,
      ],
      ["throws-at-start", "index.handler", { "index.js": "throw new RangeError('early')" }, "RangeError", /^early$/],
    ])("names what is wrong with a function that cannot start: %s", async (name, handler, files, type, message) => {
      const { error, value } = await aws.run(`start-${name}`, files, { Handler: handler });
      expect(error).toBe("Unhandled");
      expect(value.errorType).toBe(type);
      expect(value.errorMessage).toMatch(message);
    });

    it.each([
      ["syntax", { "index.js": "exports.handler = (;" }, "Runtime.UserCodeSyntaxError", "/var/task/index.js:1"],
      ["import", { "index.js": "require('nope')" }, "Runtime.ImportModuleError", "/var/runtime/"],
      ["throw", { "index.js": "\nthrow new RangeError('early')" }, "RangeError", "(/var/task/index.js:2:7)"],
      ["throw-esm", { "index.mjs": "throw new RangeError('early')" }, "RangeError", "file:///var/task/index.mjs:1:7"],
    ])("logs why a function cannot start, with Lambda's paths: %s", async (what, files, type, place) => {
      const { value, log } = await aws.run(`logs-${what}`, files);
      const line = new RegExp(`^\\S+Z\\tundefined\\tERROR\\tUncaught Exception \\t\\{"errorType":"${type}"`, "m");
      expect(log).toMatch(line);
      const logged = await aws.logged(`logs-${what}`, "Uncaught Exception");
      expect(logged.some((each) => line.test(each))).toBe(true);
      const trace = (value["trace"] as string[]).join("\n");
      expect(trace).toContain(place);
      for (const text of [trace, log, ...logged]) expect(text).not.toMatch(/services.lambda.runtime|\/code\//);
      expect(log).toContain(place);
    });

    it("refuses callback handlers on nodejs24.x, as AWS does", async () => {
      const source = "exports.handler = (event, context, callback) => callback(null, 1);";
      const { value } = await aws.run("callback-24", source, { Runtime: "nodejs24.x" });
      expect(value.errorType).toBe("Runtime.CallbackHandlerDeprecated");
    });
  });

  describe("handlers", () => {
    it.each([
      ["CommonJS in a folder", "src/api/main.run", { "src/api/main.js": "exports.run = async () => 'ok'" }],
      ["ESM by .mjs", "index.handler", { "index.mjs": "export const handler = async () => 'ok'" }],
      [
        "CommonJS by .cjs",
        "index.handler",
        { "index.cjs": "exports.handler = async () => 'ok'", "package.json": '{"type":"module"}' },
      ],
      [
        "ESM by package.json",
        "index.handler",
        { "index.js": "export const handler = async () => 'ok'", "package.json": '{"type":"module"}' },
      ],
      [
        "top-level await",
        "index.handler",
        { "index.mjs": "const x = await Promise.resolve('ok'); export const handler = async () => x" },
      ],
      ["a nested export", "index.a.b", { "index.js": "exports.a = { b: async () => 'ok' }" }],
      ["a default export", "index.handler", { "index.mjs": "export default { handler: async () => 'ok' }" }],
      [
        "its own node_modules",
        "index.handler",
        {
          "index.js": "exports.handler = async () => require('dep')",
          "node_modules/dep/index.js": "module.exports = 'ok'",
        },
      ],
      [
        "files beside it",
        "index.handler",
        {
          "index.js": "exports.handler = async () => require('fs').readFileSync('data.txt', 'utf8')",
          "data.txt": "ok",
        },
      ],
      [
        "the SDK of the runtime",
        "index.handler",
        {
          "index.mjs":
            "import { S3Client } from '@aws-sdk/client-s3'; export const handler = async () => (S3Client ? 'ok' : '')",
        },
      ],
    ])("runs %s", async (what, handler, files) => {
      const { value } = await aws.run(`runs-${what.replaceAll(/\W/g, "-")}`, files, {
        Handler: handler,
        Timeout: 20,
      });
      expect(value).toBe("ok");
    });

    it("reads .js without a package.json as CommonJS, whatever is around the data directory", async () => {
      const { value } = await aws.run("no-type", "export const handler = async () => 1;");
      expect(value.errorType).toBe("Runtime.UserCodeSyntaxError");
    });
  });
});

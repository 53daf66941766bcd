import { beforeAll, describe, expect, it } from "@jest/globals";
import { LambdaFixture } from "./fixture.ts";

/** What a function does to its own process stays there: the emulator and its neighbours work on. */
describe("execution environment", () => {
  const aws = new LambdaFixture();

  beforeAll(async () => {
    await aws.create("neighbour", "let count = 0; exports.handler = async () => ++count;");
    await aws.invoke("neighbour");
  });

  const count = async () => (await aws.invoke("neighbour")).value as unknown as number;

  describe("a handler that", () => {
    const id = "[0-9a-f-]{36}";
    it.each([
      ["exits", "process.exit(3)", "Runtime.ExitError", "Runtime exited with error: exit status 3"],
      ["exits well", "process.exit(0)", "Runtime.ExitError", "Runtime exited without providing a reason"],
      [
        "kills its process",
        "process.kill(process.pid, 'SIGKILL')",
        "Runtime.ExitError",
        "Runtime exited with error: signal: killed",
      ],
      ["aborts", "process.abort()", "Runtime.ExitError", "Runtime exited with error: signal: aborted"],
      [
        "fills its heap",
        "const a = []; for (;;) a.push({ a: [1, 2, 3] })",
        "Runtime\\.(ExitError|OutOfMemory)",
        "Runtime exited with error: signal: (aborted|killed)",
      ],
      [
        "grows one array",
        "const a = []; for (;;) a.push(1)",
        "Runtime\\.(ExitError|OutOfMemory)",
        "Runtime exited with error: signal: (aborted|killed)",
      ],
      [
        "fills buffers",
        "const a = []; for (;;) a.push(Buffer.alloc(5e6, 1))",
        "Runtime.OutOfMemory",
        "Runtime exited with error: signal: killed",
      ],
      ["loops for ever", "for (;;) ;", "Sandbox.Timedout", "Task timed out after 2.00 seconds"],
      [
        "waits for ever",
        "await new Promise((r) => setTimeout(r, 1e6))",
        "Sandbox.Timedout",
        "Task timed out after 2.00 seconds",
      ],
    ])("%s ends alone", async (what, statement, type, message) => {
      const before = await count();
      const name = `ends-${what.replaceAll(" ", "-")}`;
      await aws.create(name, `exports.handler = async (event) => { if (event.well) return "well"; ${statement} };`, {
        // on a busy machine a heap takes seconds to fill
        Timeout: type === "Sandbox.Timedout" ? 2 : 30,
      });
      const { error, value, log } = await aws.invoke(name, {}, { LogType: "Tail" });
      expect(error).toBe("Unhandled");
      expect(value.errorType).toMatch(new RegExp(`^${type}$`));
      expect(value.errorMessage).toMatch(new RegExp(`^RequestId: ${id} Error: ${message}$`));
      expect(log).toMatch(/REPORT .*\tStatus: (error|timeout)\t/);
      expect((await aws.invoke(name, { well: true })).value).toBe("well");
      expect(await count()).toBe(before + 1);
    });

    it("leaves a promise rejected fails with Lambda's error", async () => {
      const source =
        "exports.handler = async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 500)); };";
      const { value } = await aws.run("rejects", source);
      expect(value).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" });
    });

    it("throws outside of a handler's promise fails, and the next invocation has a fresh environment", async () => {
      const source = `let count = 0; exports.handler = async (event) => {
        count++;
        if (event.quiet) return count;
        setTimeout(() => { throw new TypeError("later"); }, 1); await new Promise((r) => setTimeout(r, 500)); };`;
      const { value } = await aws.run("throws-later", source);
      expect(value).toMatchObject({ errorType: "TypeError", errorMessage: "later" });
      expect((await aws.invoke("throws-later", { quiet: true })).value).toBe(1);
    });

    it("leaves a timer behind that ends the process does not take the next event with it", async () => {
      const source = `exports.handler = async (event) => {
        if (event.last) setTimeout(() => process.exit(1), 0);
        return "answered"; };`;
      await aws.create("exits-later", source);
      for (let i = 0; i < 10; i++) {
        expect((await aws.invoke("exits-later", { last: true })).value).toBe("answered");
        expect((await aws.invoke("exits-later")).value).toBe("answered");
      }
    });

    it("ends its process whenever it is started fails after some tries", async () => {
      const source = "exports.handler = async () => 1; setImmediate(() => process.exit(1));";
      const { error, value } = await aws.run("never-lives", source);
      expect(error).toBe("Unhandled");
      expect(value.errorType).toBe("Runtime.ExitError");
    });

    it("has no file of the emulator open", async () => {
      const source = `const fs = require("fs"); exports.handler = async () => fs.readdirSync("/proc/self/fd")
        .map((fd) => { try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } })
        .filter((place) => place.startsWith("/") && !place.startsWith("/dev/") && !place.startsWith("/proc/"));`;
      const { value } = await aws.run("descriptors", source);
      expect(value).toEqual([]);
    });

    it("leaves a child process behind does not keep it", async () => {
      const source = `exports.handler = async (event) => {
        if (event.pid) {
          // a process that nobody waited for may still be listed, as a zombie
          try { return require("fs").readFileSync("/proc/" + event.pid + "/stat", "utf8").includes(") Z ") ? "gone" : "alive"; }
          catch { return "gone"; }
        }
        const child = require("child_process").spawn("sleep", ["100"]);
        console.log("child " + child.pid);
        await new Promise((r) => setTimeout(r, 1e6)); };`;
      await aws.create("parent", source, { Timeout: 1 });
      const { log } = await aws.invoke("parent", {}, { LogType: "Tail" });
      const pid = Number(/child (\d+)/.exec(log)?.[1]);
      expect(pid).toBeGreaterThan(0);
      expect((await aws.invoke("parent", { pid })).value).toBe("gone");
    });
  });

  describe("between invocations", () => {
    it("stands still: what a handler did not wait for goes on in the next invocation", async () => {
      const source = `exports.handler = async (event) => {
        if (event.waitMs) return new Promise((resolve) => setTimeout(resolve, event.waitMs));
        setTimeout(() => console.log("not awaited"), 1000); };`;
      await aws.create("frozen", source);
      await aws.create("elsewhere", source);
      await aws.invoke("frozen");
      await aws.invoke("elsewhere", { waitMs: 1500 });
      expect((await aws.logged("frozen", "REPORT")).join("")).not.toContain("not awaited");
      const { log } = await aws.invoke("frozen", { waitMs: 50 }, { LogType: "Tail" });
      expect(log).toContain("not awaited");
    });
  });

  describe("variables", () => {
    it("are Lambda's and the function's own, and none of the emulator's", async () => {
      process.env["SECRET_OF_THE_HOST"] = "leaked";
      await aws.create("variables", "exports.handler = async () => process.env;", {
        Environment: { Variables: { OWN: "yes" } },
        MemorySize: 192,
      });
      const { value } = await aws.invoke("variables");
      delete process.env["SECRET_OF_THE_HOST"];
      expect(value).toMatchObject({
        OWN: "yes",
        AWS_LAMBDA_FUNCTION_NAME: "variables",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "192",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/variables",
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x",
        AWS_REGION: "us-east-1",
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_ENDPOINT_URL: aws.target.endpoint,
        AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
        AWS_SECRET_ACCESS_KEY: expect.any(String),
        AWS_SESSION_TOKEN: expect.any(String),
        _HANDLER: "index.handler",
        LAMBDA_TASK_ROOT: expect.any(String),
        TZ: ":UTC",
        _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/),
      });
      expect(value).not.toHaveProperty("SECRET_OF_THE_HOST");
      expect(Object.keys(value).filter((name) => /^(npm_|JEST|NODE_)/.test(name))).toEqual([]);
    });

    it("are read by Node too: source maps lead errors back to their TypeScript", async () => {
      // one line of generated code, mapped to line 5 of handler.ts
      const map = { version: 3, sources: ["handler.ts"], names: [], mappings: "AAIA" };
      const inline = Buffer.from(JSON.stringify(map)).toString("base64");
      const source = `exports.handler = async () => { throw new Error("mapped"); };\n//# sourceMappingURL=data:application/json;base64,${inline}`;
      const { value } = await aws.run("mapped", source, {
        Environment: { Variables: { NODE_OPTIONS: "--enable-source-maps" } },
      });
      expect((value["trace"] as string[]).join("\n")).toMatch(/\(\/var\/task\/.*handler\.ts:5:/);
    });

    it("let a function call the emulator as its role", async () => {
      const source = `import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
        export const handler = async () => (await new STSClient().send(new GetCallerIdentityCommand())).Arn;`;
      const { value } = await aws.run("who-am-i", { "index.mjs": source }, { Timeout: 20 });
      expect(value).toBe("arn:aws:sts::000000000000:assumed-role/function/who-am-i");
    });
  });

  describe("logs", () => {
    it("are Lambda's lines around the function's own", async () => {
      const source = `exports.handler = async (event, context) => {
        console.log("one %s", "two", { three: 3 }); console.error("bad\\nnews"); console.debug("detail");
        process.stdout.write("raw line\\nunfinished"); };`;
      await aws.create("logs", source, { MemorySize: 300 });
      const { log } = await aws.invoke("logs", {}, { LogType: "Tail" });
      const at = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
      const id = "([0-9a-f-]{36})";
      const patterns = [
        `START RequestId: ${id} Version: \\$LATEST\n`,
        `${at}\t${id}\tINFO\tone two { three: 3 }\n`,
        `${at}\t${id}\tERROR\tbad\rnews\n`,
        `${at}\t${id}\tDEBUG\tdetail\n`,
        "raw line\n",
        "unfinished\n",
        `END RequestId: ${id}\n`,
        `REPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 300 MB\tMax Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms\t\n`,
      ];
      expect(log).toMatch(new RegExp(`^${patterns.join("")}$`));
      const lines = await aws.logged("logs", "REPORT RequestId");
      expect(lines.join("")).toBe(log);
    });

    it("are JSON where the function says so, from its level on", async () => {
      const source = `exports.handler = async () => { console.info("quiet"); console.warn("loud", { a: 1 });
        console.error("failed", new TypeError("why")); };`;
      await aws.create("json-logs", source, {
        LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "WARN", LogGroup: "custom/group" },
      });
      await aws.invoke("json-logs");
      const lines = await aws.logged("json-logs", "platform.report", "custom/group");
      const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(parsed).toMatchObject([
        { type: "platform.start", record: { version: "$LATEST" } },
        { level: "WARN", message: "loud { a: 1 }", requestId: expect.any(String), timestamp: expect.any(String) },
        { level: "ERROR", errorType: "TypeError", errorMessage: "why", stackTrace: expect.any(Array) },
        { type: "platform.report", record: { status: "success", metrics: { memorySizeMB: 128 } } },
      ]);
    });

    it("the tail holds the last 4 KB", async () => {
      const source = "exports.handler = async () => { for (let i = 0; i < 500; i++) console.log('line ' + i); };";
      const { log } = await aws.run("tail", source);
      expect(Buffer.byteLength(log)).toBe(4096);
      expect(log).toContain("line 499");
      expect(log).toMatch(/REPORT [^\n]*\n$/);
    });

    it("of what children write come too", async () => {
      const source =
        "exports.handler = async () => { require('child_process').execSync('echo from the child', { stdio: 'inherit' }); };";
      const { log } = await aws.run("child-output", source);
      expect(log).toContain("from the child\n");
    });

    it("by the megabyte slow the function down, not the emulator", async () => {
      const source = `exports.handler = async () => {
        const line = "x".repeat(100_000); for (let i = 0; i < 200; i++) console.log(line + i); return "done"; };`;
      await aws.create("flood", source, { Timeout: 30 });
      const flood = aws.invoke("flood");
      await count();
      expect((await flood).value).toBe("done");
      expect((await aws.logged("flood", "REPORT RequestId")).length).toBeGreaterThan(100);
    });
  });

  describe("files", () => {
    it("have a folder for scratch that ends with the environment", async () => {
      const source = `const fs = require("fs"), os = require("os"), path = require("path");
        exports.handler = async (event) => {
          if (event.path) { const found = fs.existsSync(event.path); return found; }
          const file = path.join(os.tmpdir(), "x"); fs.writeFileSync(file, "1"); console.log(file); process.exit(1); };`;
      await aws.create("scratch", source);
      const { log } = await aws.invoke("scratch", {}, { LogType: "Tail" });
      const path = /INFO\t(.*)\n/.exec(log)?.[1];
      expect(path).toBeDefined();
      expect((await aws.invoke("scratch", { path })).value).toBe(false);
    });
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { StartedCommand } from "../started-command.ts";

const EXECUTABLE = 0o755;
const STAGES = ["boot", "start", "ready", "shutdown"];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-init-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function script(path: string, text: string, mode = EXECUTABLE): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
}

/** A hook that tells in a file that it ran. */
const telling = (line: string) => `#!/bin/sh\necho "${line}" >> ${join(folder, "told")}\n`;

const told = () => readFileSync(join(folder, "told"), "utf8").trim().split("\n");

const start = (...options: readonly string[]) =>
  new StartedCommand(["--port", "0", "--ephemeral", "--init-dir", folder, ...options]);

describe("headwater start --init-dir", () => {
  it("runs the scripts of each stage in the order of their names, those of folders behind them", async () => {
    for (const stage of STAGES) script(`${stage}.d/one.sh`, telling(stage));
    script("ready.d/10.sh", telling("10"));
    script("ready.d/2.sh", telling("2"));
    script("ready.d/a/0.sh", telling("a/0"));
    script("ready.d/README.md", "no hook");
    await using command = start();
    expect(await command.json("/_localstack/init")).toEqual({
      completed: { BOOT: true, START: true, READY: true, SHUTDOWN: false },
      scripts: [
        { stage: "BOOT", name: "one.sh", state: "SUCCESSFUL" },
        { stage: "START", name: "one.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "10.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "2.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "one.sh", state: "SUCCESSFUL" },
        { stage: "READY", name: "0.sh", state: "SUCCESSFUL" },
        { stage: "SHUTDOWN", name: "one.sh", state: "UNKNOWN" },
      ],
    });
    expect(told()).toEqual(["boot", "start", "10", "2", "ready", "a/0"]);
    expect(await command.end()).toBe(0);
    expect(told().at(-1)).toBe("shutdown");
  });

  it("gives hooks the emulator's address, from ready on, and credentials", async () => {
    const asks = `const { AWS_ENDPOINT_URL: at, AWS_ACCESS_KEY_ID: key, AWS_REGION: region } = process.env;
      const page = at && await (await fetch(at + "/_localstack/health")).json();
      console.log(\`asked \${page?.services.s3} as \${key} in \${region}\`);`;
    script("boot.d/ask.mjs", asks, 0o644);
    script("ready.d/ask.mjs", asks, 0o644);
    script("shutdown.d/ask.mjs", asks, 0o644);
    await using command = start();
    await command.endpoint();
    await command.end();
    expect(command.output.match(/asked.*/g)).toEqual([
      "asked undefined as test in us-east-1",
      "asked running as test in us-east-1",
      "asked running as test in us-east-1",
    ]);
  });

  it("tells what is wrong with a hook that fails, and runs the next ones", async () => {
    script("ready.d/1-fails.sh", "#!/bin/sh\nexit 3\n");
    script("ready.d/2-not-executable.sh", "#!/bin/sh\n", 0o644);
    script("ready.d/3-no-such-shell.sh", "#!/nowhere/sh\n");
    script("ready.d/4-throws.mjs", "throw new Error('sorry');");
    script("ready.d/5-runs.sh", telling("ran"));
    await using command = start();
    expect(await command.json("/_localstack/init/ready")).toEqual({
      completed: true,
      scripts: [
        { stage: "READY", name: "1-fails.sh", state: "ERROR", reason: expect.stringContaining("exit code 3") },
        { stage: "READY", name: "2-not-executable.sh", state: "ERROR", reason: expect.stringContaining("chmod +x") },
        { stage: "READY", name: "3-no-such-shell.sh", state: "ERROR", reason: expect.stringContaining("first line") },
        { stage: "READY", name: "4-throws.mjs", state: "ERROR", reason: expect.stringContaining("exit code 1") },
        { stage: "READY", name: "5-runs.sh", state: "SUCCESSFUL" },
      ],
    });
    expect(told()).toEqual(["ran"]);
    expect(command.output).toMatch(/init script failed: it returned the exit code 3.*1-fails\.sh/);
    expect(command.output).toContain("sorry");
  });

  it("refuses a Python hook by name where there is no Python", async () => {
    script("ready.d/hook.py", "print('hello')");
    await using command = new StartedCommand(["--port", "0", "--ephemeral", "--init-dir", folder], { PATH: folder });
    expect(await command.json("/_localstack/init/READY")).toMatchObject({
      scripts: [{ name: "hook.py", state: "ERROR", reason: "there is no python3 here to run it" }],
    });
    expect(command.output).toMatch(/there is no python3 here to run it.*hook\.py/);
  });

  it("answers while its hooks in ready.d still run, and says so", async () => {
    const waits = `import { createServer } from "node:http";
      const server = createServer((_request, answer) => { answer.end(); server.close(); });
      server.listen(0, "127.0.0.1", () => console.log("waiting at " + server.address().port + " for " + process.env.AWS_ENDPOINT_URL));`;
    script("ready.d/waits.mjs", waits);
    await using command = start();
    const [, release, emulator] = await command.printed(/waiting at (\d+) for (\S+)/);
    const page = async (path: string) => (await fetch(emulator + path)).json();
    expect(await page("/_localstack/init/ready")).toMatchObject({ completed: false, scripts: [{ state: "RUNNING" }] });
    expect(await page("/_localstack/health")).toMatchObject({ services: { kinesis: "running" } });
    expect(command.output).not.toContain("Headwater is ready");
    await fetch(`http://127.0.0.1:${release}`);
    await command.endpoint();
    expect(await page("/_localstack/init/ready")).toMatchObject({ completed: true });
  });

  it.each(["boot", "ready"])("ends at once while a hook of %s runs, and ends the hook too", async (stage) => {
    script(`${stage}.d/hangs.mjs`, 'console.log("hangs as " + process.pid); setInterval(() => {}, 1000);');
    await using command = start();
    const [, pid] = await command.printed(/hangs as (\d+)/);
    expect(await command.end()).toBe(0);
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });

  it("refuses a folder that is not there", async () => {
    await using command = new StartedCommand(["--port", "0", "--ephemeral", "--init-dir", join(folder, "nowhere")]);
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain(`There is no folder ${folder}/nowhere with init scripts.`);
  });

  it("answers for a stage that LocalStack does not have as LocalStack does", async () => {
    await using command = start();
    const answer = await fetch(`${await command.endpoint()}/_localstack/init/later`);
    expect([answer.status, await answer.text()]).toEqual([404, "no such stage later"]);
  });
});

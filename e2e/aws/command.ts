import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { HEADWATER } from "../../conformance/headwater-command.ts";

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a user has in the environment. Nothing of the AWS settings of whoever runs the tests gets into it. */
export type Environment = Readonly<Record<string, string>>;

/** A command that waits for what does not come is ended; its test then sees what it wrote. */
const BOUND = { timeout: 90_000, killSignal: "SIGKILL" } as const;

function environmentOf(own: Environment): Environment {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|HEADWATER_|CONFIRM$|DRY_RUN$)/.test(name));
  return {
    ...(Object.fromEntries(inherited) as Environment),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    AWS_EC2_METADATA_DISABLED: "true",
    ...own,
  };
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when it has written this on its standard output. Rejects when it ends without. */
  writes(pattern: RegExp): Promise<void>;
  /** As Ctrl+C does it. */
  interrupt(): void;
}

/** Starts a `headwater` command that has no terminal and nothing on its standard input. */
export function startHeadwater(args: readonly string[], environment: Environment): Running {
  const child = spawn(process.execPath, [...HEADWATER, ...args], {
    env: environmentOf(environment),
    stdio: ["ignore", "pipe", "pipe"],
    ...BOUND,
  });
  const written = collect(child);
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...written }));
  return {
    ended,
    async writes(pattern) {
      const isWritten = () => pattern.test(written.stdout);
      await Promise.race([until(child.stdout, isWritten), ended]);
      if (!isWritten()) throw new Error(`ended without ${pattern}: ${written.stdout}${written.stderr}`);
    },
    interrupt: () => void child.kill("SIGINT"),
  };
}

/** Runs such a command to its end. */
export const headwater = (args: readonly string[], environment: Environment): Promise<Ended> =>
  startHeadwater(args, environment).ended;

function until(stream: Readable, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      stream.off("data", look);
      resolve();
    };
    stream.on("data", look);
    look();
  });
}

/** A question on the terminal, and what is typed when it stands there. */
export interface Reply {
  readonly to: RegExp;
  readonly type: string;
}

/** Why no command can be run on a pseudo terminal here; undefined when it can. */
export function whyNoTerminal(): string | undefined {
  const { stdout } = spawnSync("script", ["--version"], { encoding: "utf8" });
  return stdout?.includes("util-linux") ? undefined : "`script` of util-linux is not there to make a terminal";
}

/** Runs a `headwater` command on a pseudo terminal and answers its questions. Both of its outputs are in `stdout`. */
export async function headwaterOnTerminal(
  args: readonly string[],
  environment: Environment,
  replies: readonly Reply[],
): Promise<Ended> {
  const command = [process.execPath, ...HEADWATER, ...args].map((part) => `'${part.replaceAll("'", `'\\''`)}'`);
  const child = spawn("script", ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
    env: { ...environmentOf(environment), SHELL: "/bin/sh", TERM: "dumb", NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
    ...BOUND,
  });
  const written = collect(child);
  const waiting = [...replies];
  let answeredUpTo = 0;
  child.stdout.on("data", () => {
    const [next] = waiting;
    if (!next?.to.test(written.stdout.slice(answeredUpTo))) return;
    answeredUpTo = written.stdout.length;
    waiting.shift();
    child.stdin.write(next.type);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: written.stdout.replaceAll("\r", ""), stderr: written.stderr };
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => (written[name] += text));
  }
  return written;
}

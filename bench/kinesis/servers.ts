import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { topSelfTimes } from "../shared/cpu-profile.ts";
import { startArguments } from "../shared/headwater-command.ts";
import { freePort, startServer, untilServing, type ServerProcess } from "../shared/server-process.ts";

/** What is measured beside each other. Peers are taken from where npm, PyPI and crates put them; one that is not there is told of. */
export const PEERS = ["kinesis-local", "MiniStack", "fakecloud"] as const;
export type Peer = (typeof PEERS)[number];

type Keep = <S extends ServerProcess | undefined>(starting: Promise<S>) => Promise<S>;

/** Runs `work`; the servers that it asks to keep are ended behind it. */
export async function withServers(work: (keep: Keep) => Promise<void>): Promise<void> {
  const kept: ServerProcess[] = [];
  try {
    await work(async (starting) => {
      const server = await starting;
      if (server) kept.push(server);
      return server;
    });
  } finally {
    for (const server of kept) await server[Symbol.asyncDispose]();
  }
}

const shared = (name: string) => join(import.meta.dirname, "../shared", name);

/** Ours, on a data directory of its own, without the rates of AWS's shards. `profile`: a folder for a CPU profile. */
export async function startHeadwater(profile?: string): Promise<ServerProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "bench-kinesis-"));
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  const server = await startServer([...profiling, ...startArguments(port, directory)], port);
  return {
    port,
    process: server.process,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      if (profile !== undefined) printProfile(profile);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function printProfile(folder: string): void {
  console.log("Functions of headwater by the time spent in themselves:");
  for (const { name, share } of topSelfTimes(folder, 10))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}

export async function startBare(options: { h2c: boolean; answerFile?: string }): Promise<ServerProcess> {
  const port = await freePort();
  const answer = options.answerFile === undefined ? [] : ["--answer", options.answerFile];
  return startServer([shared("bare-server.mjs"), String(port), ...(options.h2c ? ["--h2c"] : []), ...answer], port);
}

/** @returns undefined, and says so, where the peer is not installed */
export async function startPeer(peer: Peer): Promise<ServerProcess | undefined> {
  switch (peer) {
    case "kinesis-local": {
      const main = createRequire(import.meta.url).resolve("kinesis-local");
      const [plain, tls] = [await freePort(), await freePort()];
      const env = { KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), LOG_LEVEL: "ERROR" };
      return startServer([main], plain, { env, cwd: dirname(main) });
    }
    case "MiniStack":
      return startCommand(peer, process.env["MINISTACK"] ?? "ministack", (port) => ({
        args: [],
        env: { GATEWAY_PORT: String(port) },
        hint: "pip install ministack, or its command in MINISTACK",
      }));
    case "fakecloud":
      return startCommand(peer, process.env["FAKECLOUD"] ?? "fakecloud", (port) => ({
        args: ["--addr", `127.0.0.1:${port}`],
        env: {},
        hint: "cargo install fakecloud, or its command in FAKECLOUD",
      }));
  }
}

async function startCommand(
  peer: Peer,
  command: string,
  how: (port: number) => { args: readonly string[]; env: Readonly<Record<string, string>>; hint: string },
): Promise<ServerProcess | undefined> {
  const port = await freePort();
  const { args, env, hint } = how(port);
  if (spawnSync(command, ["--version"], { stdio: "ignore" }).error) {
    console.log(`${peer} is not installed (${hint}): not measured`);
    return undefined;
  }
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "ignore" });
  return untilServing(child, port, command);
}

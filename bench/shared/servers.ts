import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topSelfTimes } from "./cpu-profile.ts";
import { startArguments } from "./headwater-command.ts";
import { freePort, startServer, untilServing, type ServerProcess } from "./server-process.ts";

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

/** A server with a folder of its own, which goes with it. */
export async function onFreshFolder<S extends ServerProcess | undefined>(
  start: (folder: string) => Promise<S>,
): Promise<ServerProcess | S> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const server = await start(folder);
  if (!server) return server;
  return {
    port: server.port,
    process: server.process,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ours, on a data directory of its own, without the rates of AWS's shards. `profile`: a folder for a CPU profile. */
export async function startHeadwater(profile?: string): Promise<ServerProcess> {
  const port = await freePort();
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
  return onFreshFolder(async (folder) => {
    const server = await startServer([...profiling, ...startArguments(port, folder)], port);
    return {
      port,
      process: server.process,
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        if (profile !== undefined) printProfile(profile);
      },
    };
  });
}

function printProfile(folder: string): void {
  console.log("Functions of headwater by the time spent in themselves:");
  for (const { name, share } of topSelfTimes(folder, 10))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}

export async function startBare(options: { h2c: boolean; answerFile?: string }): Promise<ServerProcess> {
  const port = await freePort();
  const answer = options.answerFile === undefined ? [] : ["--answer", options.answerFile];
  const script = join(import.meta.dirname, "bare-server.mjs");
  return startServer([script, String(port), ...(options.h2c ? ["--h2c"] : []), ...answer], port);
}

/** A server that is a command of its own. */
export interface PeerCommand {
  readonly peer: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How it is had. */
  readonly hint: string;
}

/** @returns undefined, and says so, where the peer is not installed */
export async function startCommand(
  port: number,
  { peer, command, args, env = {}, hint }: PeerCommand,
): Promise<ServerProcess | undefined> {
  if (spawnSync(command, ["--version"], { stdio: "ignore" }).error) {
    console.log(`${peer} is not installed (${hint}): not measured`);
    return undefined;
  }
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "ignore" });
  return untilServing(child, port, command);
}

/** It is an emulator of many services: several benches measure it. */
export async function startMiniStack(): Promise<ServerProcess | undefined> {
  const port = await freePort();
  return startCommand(port, {
    peer: "MiniStack",
    command: process.env["MINISTACK"] ?? "ministack",
    args: [],
    env: { GATEWAY_PORT: String(port) },
    hint: "pip install ministack, or its command in MINISTACK",
  });
}

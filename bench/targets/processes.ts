import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTarget } from "../../cli/targets/index.ts";
import { VERSION } from "../../cli/package.ts";
import { startArguments } from "../shared/headwater-command.ts";
import { processTree } from "../shared/memory.ts";
import { freePort, startServer } from "../shared/server-process.ts";
import type { MeasuredTarget } from "./measured-target.ts";

/** `headwater start` as it is built, in a process of its own, data on disk. */
export async function startEmbedded(): Promise<MeasuredTarget> {
  const folder = mkdtempSync(join(tmpdir(), "headwater-bench-targets-"));
  const port = await freePort();
  const target = await findTarget({ target: "embedded", endpoint: `http://127.0.0.1:${port}` });
  const startedAt = performance.now();
  const server = await startServer(startArguments(port, join(folder, "data")), port);
  await (await fetch(target.healthUrl!)).text();
  return {
    target,
    readyMs: performance.now() - startedAt,
    title: `Headwater ${VERSION}, Node ${process.versions.node}`,
    processes: () => Promise.resolve(processTree(server.process.pid!).map(({ pid }) => pid)),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

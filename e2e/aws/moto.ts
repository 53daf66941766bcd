import { execFile, type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../conformance/headwater-command.ts";

/** The version that the suites were written against. */
const PACKAGE = "moto[server]==5.2.1";

/** A Python environment of the project's own, among what the packages of the project keep there. */
const CACHE = join(ROOT, "node_modules/.cache/headwater-moto");

const START_PATIENCE_MS = 60_000;

export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
}

/** The Python that has moto's server; undefined when it cannot be had, which `why` then tells. */
export interface MotoPython {
  readonly python?: string;
  readonly why?: string;
}

const hasMoto = (python: string): boolean => spawnSync(python, ["-c", "import moto.server"]).status === 0;

/** Finds moto's server where it is installed, or installs it from PyPI. */
export async function findMoto(): Promise<MotoPython> {
  if (hasMoto("python3")) return { python: "python3" };
  const python = join(CACHE, "bin/python");
  if (existsSync(python) && hasMoto(python)) return { python };
  const run = promisify(execFile);
  try {
    await run("python3", ["-m", "venv", CACHE]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]);
    return { python };
  } catch (error) {
    const lines = (error as Error).message.trim().split("\n");
    return { why: `${PACKAGE} cannot be installed: ${lines.at(-1)}` };
  }
}

/** moto's server on a free port. */
export async function startMoto(python: string): Promise<MotoServer> {
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    return {
      endpoint: await endpointOf(child),
      async [Symbol.asyncDispose]() {
        const gone = once(child, "exit");
        if (child.exitCode !== null || !child.kill("SIGTERM")) return;
        await gone;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`moto is not ready in time: ${text}`)), START_PATIENCE_MS);
    child.once("exit", (code) => reject(new Error(`moto ended with ${code}: ${text}`)));
    child.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (endpoint === undefined) return;
      clearTimeout(timer);
      resolve(endpoint);
    });
  });
}

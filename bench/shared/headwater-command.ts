import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/** The command as it is built: `make build` makes it. What is measured is what a user starts. */
const COMMAND = join(ROOT, "dist/cli/main.js");

/** Where what the command is built from lies. */
const SOURCES = ["cli", "emulator", "services"];

/** Figures of an older build would be taken for those of today's sources. @throws Error */
function checkBuild(): void {
  if (!existsSync(COMMAND)) throw new Error("there is no build to measure: make build");
  const built = statSync(COMMAND).mtimeMs;
  for (const folder of SOURCES) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      const changed = name.endsWith(".ts") && statSync(join(ROOT, folder, name)).mtimeMs > built;
      if (changed) throw new Error(`the build is older than ${folder}/${name}: make build`);
    }
  }
}

/** Arguments of node that start the emulator, with streams that take whatever the machine can: that is what is measured. */
export function startArguments(port: number, dataDirectory: string): string[] {
  checkBuild();
  const options = [
    "--port",
    String(port),
    "--data-dir",
    dataDirectory,
    "--log-level",
    "error",
    "--kinesis-limits",
    "off",
  ];
  return [COMMAND, "start", ...options];
}

/** `headwater deploy rivers`, with parameters of its template. */
export async function deployRivers(port: number, parameters: Readonly<Record<string, number>> = {}): Promise<void> {
  const texts = Object.entries(parameters).flatMap(([name, value]) => ["--parameter", `${name}=${value}`]);
  await promisify(execFile)(process.execPath, [
    ...[COMMAND, "deploy", "rivers", "--endpoint", `http://127.0.0.1:${port}`],
    ...texts,
  ]);
}

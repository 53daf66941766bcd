import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "..");
const BUILT = join(ROOT, "dist/cli/main.js");

/** By its place, so that the command can run in any folder. */
const TSX = join(ROOT, "node_modules/tsx/dist/loader.mjs");

/** Arguments of node that run the `headwater` command: the built one, unless a source is newer than it. */
export const HEADWATER: readonly string[] = isBuiltFresh() ? [BUILT] : ["--import", TSX, join(ROOT, "cli/main.ts")];

export const ENVIRONMENT = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** Runs a `headwater` command to its end. Fails with its output unless it ends with 0. */
export async function headwater(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...HEADWATER, ...args], {
    cwd: ROOT,
    env: ENVIRONMENT,
  });
  return stdout;
}

/** Whether dist/ is of the sources as they are. */
export function isBuiltFresh(): boolean {
  if (!existsSync(BUILT)) return false;
  const builtAt = statSync(BUILT).mtimeMs;
  return ["cli", "emulator", "services", "producer", "handlers", "kpl", "integrations", "localstack"].every((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).every(
      (entry) => !/\.[jt]s$/.test(entry.name) || statSync(join(entry.parentPath, entry.name)).mtimeMs < builtAt,
    ),
  );
}

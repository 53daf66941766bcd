import { findTarget } from "../../cli/targets.ts";
import { startEmulator } from "../../emulator/index.ts";
import type { OpenTarget } from "./target.ts";

/** An emulator in this process, on a free port, that keeps nothing. */
export async function embedded(): Promise<OpenTarget> {
  const emulator = await startEmulator({ port: 0, logLevel: "error" });
  return {
    target: findTarget({ target: "embedded", endpoint: emulator.endpoint }),
    patienceMs: 30_000,
    [Symbol.asyncDispose]: () => emulator.stop(),
  };
}

import { findTarget } from "../../cli/targets/index.ts";
import { startEmulator } from "../../emulator/index.ts";
import type { SuiteTarget } from "./target.ts";

/** An emulator in the process of the tests, on a free port, that keeps nothing: one a suite. */
export const embedded: SuiteTarget = {
  async open() {
    const emulator = await startEmulator({ port: 0, logLevel: "error" });
    return {
      target: await findTarget({ target: "embedded", endpoint: emulator.endpoint }),
      patienceMs: 30_000,
      [Symbol.asyncDispose]: () => emulator.stop(),
    };
  },
};

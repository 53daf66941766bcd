import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type ClientConfig, type EmulatorOptions } from "../emulator/index.ts";

/** A data directory of its own for each test of this file or `describe`; it is removed behind the test. */
export function useDataDirectory(): () => string {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "headwater-conformance-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  return () => directory;
}

/** Runs `work` with a client of an emulator on a data directory, and stops it: the next session finds what this one left. */
export async function inSession<C extends { destroy(): void }, T>(
  options: EmulatorOptions & { readonly dataDirectory: string },
  clientOf: (config: ClientConfig) => C,
  work: (client: C) => Promise<T>,
): Promise<T> {
  await using emulator = await startEmulator({ port: 0, logLevel: "error", ...options });
  const client = clientOf(emulator.clientConfig());
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

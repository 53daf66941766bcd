import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock, startEmulator, type ClientConfig, type EmulatorOptions } from "../emulator/index.ts";
import { useEmbeddedOnly } from "./targets/current.ts";

/** A data directory of its own for each test of this file or `describe`; it is removed behind the test. */
export function useDataDirectory(): () => string {
  let directory: string;
  useEmbeddedOnly("needs the data directory of an emulator");
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "headwater-conformance-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  return () => directory;
}

/** Sessions on one data directory, each with a clock of its own that begins at `now`. */
export const sessionsOn =
  <C extends { destroy(): void }>(directory: () => string, clientOf: (config: ClientConfig) => C) =>
  <T>(now: number, work: (client: C, clock: ManualClock) => Promise<T>): Promise<T> => {
    const clock = new ManualClock(now);
    return inSession({ dataDirectory: directory(), clock }, clientOf, (client) => work(client, clock));
  };

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

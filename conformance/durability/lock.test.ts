import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";

const directory = useDataDirectory();

describe("a data directory", () => {
  it("is used by one emulator at a time, and by the next one after it has stopped", async () => {
    const dataDirectory = directory();
    const first = await startEmulator({ port: 0, dataDirectory });
    await expect(startEmulator({ port: 0, dataDirectory })).rejects.toThrow(
      `The data directory ${dataDirectory} is in use by another emulator (process ${process.pid}).`,
    );
    await first.stop();
    await using second = await startEmulator({ port: 0, dataDirectory });
    expect(second.dataDirectory).toBe(dataDirectory);
  });

  it("is taken over from a process that was killed, also when its id belongs to another process by now", async () => {
    const dataDirectory = directory();
    const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
    for (const holder of [`{"pid":${gone},"startedAt":null}`, `{"pid":${process.pid},"startedAt":"1"}`, "{"]) {
      writeFileSync(join(dataDirectory, "lock"), holder);
      await using emulator = await startEmulator({ port: 0, dataDirectory });
      expect(emulator.dataDirectory).toBe(dataDirectory);
    }
  });
});

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator } from "../../emulator/index.ts";
import { eventually } from "../target.ts";
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
    expect(readdirSync(dataDirectory).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  const onLinux = existsSync("/proc/self/stat");
  if (!onLinux) process.stderr.write("SKIPPED: the lock of a zombie: there is no /proc\n");
  (onLinux ? it : it.skip)("is taken over from a killed process that its parent has not waited for", async () => {
    const dataDirectory = directory();
    // the shell becomes a program that never waits for the child that the shell started
    const parent = spawn("/bin/sh", ["-c", "true & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const pid = await new Promise<string>((resolve) =>
        parent.stdout.once("data", (text) => resolve(String(text).trim())),
      );
      const stat = await eventually("the child is a zombie", async () => {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
        return fields?.[0] === "Z" ? fields : undefined;
      });
      writeFileSync(join(dataDirectory, "lock"), JSON.stringify({ pid: Number(pid), startedAt: stat[19] }));
      await using emulator = await startEmulator({ port: 0, dataDirectory });
      expect(emulator.dataDirectory).toBe(dataDirectory);
    } finally {
      parent.kill();
    }
  });
});

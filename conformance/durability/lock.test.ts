import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";
import { EmulatorProcess } from "../emulator-process.ts";
import { ENVIRONMENT, HEADWATER, ROOT } from "../headwater-command.ts";

const PATIENCE_MS = 60_000;

const directory = useDataDirectory();

const onLinux = process.platform === "linux";
if (!onLinux) process.stderr.write("SKIPPED: what is of Linux alone about data directories\n");
const itOnLinux = onLinux ? it : it.skip;

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

  it("is free whatever the file of the lock says when nobody holds it", async () => {
    const dataDirectory = directory();
    for (const left of [JSON.stringify({ pid: process.pid, host: hostname() }), "{", ""]) {
      writeFileSync(join(dataDirectory, "lock"), left);
      await using emulator = await startEmulator({ port: 0, dataDirectory });
      expect(emulator.dataDirectory).toBe(dataDirectory);
    }
  });

  it("is kept by a process that does not answer, and free at once when that is killed", async () => {
    const dataDirectory = directory();
    const holder = await EmulatorProcess.start(dataDirectory);
    try {
      process.kill(holder.pid, "SIGSTOP");
      await expect(startEmulator({ port: 0, dataDirectory })).rejects.toThrow(`(process ${holder.pid}).`);
    } finally {
      await holder.kill();
    }
    await using next = await startEmulator({ port: 0, dataDirectory });
    expect(next.dataDirectory).toBe(dataDirectory);
  });

  it(
    "is taken by one of those that start at the same moment on what a killed one left",
    async () => {
      const dataDirectory = directory();
      await (await EmulatorProcess.start(dataDirectory)).kill();
      const starts = await Promise.allSettled([1, 2, 3].map(() => EmulatorProcess.start(dataDirectory)));
      const started = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
      await Promise.all(started.map((emulator) => emulator.kill()));
      expect(started).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  itOnLinux("is not used without a lock: where the command that locks is missing, the start says so", () => {
    const start = [...HEADWATER, "start", "--port", "0", "--data-dir", directory()];
    const { status, stderr } = spawnSync(process.execPath, start, {
      cwd: ROOT,
      env: { ...ENVIRONMENT, PATH: directory() },
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/lock cannot be locked by the command flock .*ENOENT/);
  });
});

describe("a temporary folder of data", () => {
  itOnLinux(
    "is removed by the next start when its process was killed, unless that counts its processes apart",
    async () => {
      const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
      const ours = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))![0];
      const [left, foreign] = [ours, "1"].map((namespace) =>
        mkdtempSync(join(tmpdir(), `headwater-${namespace}-${gone}-`)),
      ) as [string, string];
      try {
        mkdirSync(join(left, "blobs"));
        await using _emulator = await startEmulator({ port: 0 });
        expect([existsSync(left), existsSync(foreign)]).toEqual([false, true]);
      } finally {
        for (const folder of [left, foreign]) rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

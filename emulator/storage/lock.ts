import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who holds a folder. The time of its start tells a process from a later one with the same id. */
interface Holder {
  readonly pid: number;
  /** As the kernel counts it; null where there is no /proc. */
  readonly startedAt: string | null;
}

/** Another emulator uses the data directory: two would run every event source mapping twice. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string, pid: number) {
    super(`The data directory ${directory} is in use by another emulator (process ${pid}).`);
    this.name = "DataDirectoryInUse";
  }
}

/**
 * Takes a data directory for this process. What a killed process left is taken over.
 * @returns gives it back
 * @throws DataDirectoryInUse
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, "lock");
  const own: Holder = { pid: process.pid, startedAt: startTime(process.pid) };
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify(own), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(path);
    if (holder && isRunning(holder)) throw new DataDirectoryInUse(directory, holder.pid);
    rmSync(path, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined; // killed while it was being written, or gone by now
  }
}

function isRunning({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startedAt === null || startTime(pid) === startedAt;
}

/** Field 22 of /proc/PID/stat; the second one, the name, may hold spaces and parentheses. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

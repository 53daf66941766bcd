import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** Others may take the lock over at the same moment; more often than this they do not. */
const MOST_ATTEMPTS = 100;

/**
 * Takes a data directory for this process. What a killed process left is taken over.
 * @returns gives it back
 * @throws DataDirectoryInUse
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, "lock");
  const own = join(directory, `lock.${process.pid}`);
  writeFileSync(own, JSON.stringify({ pid: process.pid, startedAt: statusOf(process.pid)?.startedAt ?? null }));
  try {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      // a link appears whole or not at all, and only one process makes it
      if (succeeds(() => linkSync(own, path), "EEXIST")) return () => rmSync(path, { force: true });
      takeAway(path, directory);
    }
    throw new Error(`The lock of ${directory} cannot be taken.`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the lock of a process that is gone; if it turns out to be another one by then, puts it back. */
function takeAway(path: string, directory: string): void {
  const holder = readHolder(path);
  if (holder && isRunning(holder)) throw new DataDirectoryInUse(directory, holder.pid);
  const aside = `${path}.${process.pid}.stale`;
  if (!succeeds(() => renameSync(path, aside), "ENOENT")) return;
  const moved = readHolder(aside);
  const isAnother = moved !== undefined && isRunning(moved);
  if (isAnother) succeeds(() => linkSync(aside, path), "EEXIST");
  rmSync(aside, { force: true });
  if (isAnother) throw new DataDirectoryInUse(directory, moved.pid);
}

function succeeds(action: () => void, expectedFailure: string): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expectedFailure) return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined; // gone by now, or no lock of ours
  }
}

function isRunning({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const status = statusOf(pid);
  if (startedAt === null || status === undefined) return true;
  // a killed process whose parent has not asked for it yet still has its id
  return status.startedAt === startedAt && !"ZX".includes(status.state);
}

/** State and start of a process: fields 3 and 22 of /proc/PID/stat, behind the name, which may hold spaces and parentheses. */
function statusOf(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startedAt: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

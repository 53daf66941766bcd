import { spawnSync } from "node:child_process";
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Who holds a folder, for people to read: the lock itself is the kernel's. */
interface Holder {
  readonly pid: number;
  /** The container's id, where it runs in one. */
  readonly host: string;
}

/** Another emulator uses the data directory: two would run every event source mapping twice. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string, holder: Holder | undefined) {
    super(`The data directory ${directory} is in use by another emulator${describeHolder(holder)}.`);
    this.name = "DataDirectoryInUse";
  }
}

/**
 * Takes a data directory for this process. The kernel holds the lock for as long as this process has the file open: it ends
 * with the process however that ends, and is seen by containers that share the volume, whose process ids say nothing of
 * each other. The file stays behind: one that is removed could be locked twice, under its name and without.
 * @returns gives it back
 * @throws DataDirectoryInUse
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, "lock");
  const file = process.platform === "linux" ? openAndLock(path) : openLocked(path);
  if (file === undefined) throw new DataDirectoryInUse(directory, readHolder(path));
  const holder: Holder = { pid: process.pid, host: hostname() };
  try {
    ftruncateSync(file);
    writeSync(file, JSON.stringify(holder), 0);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return () => closeSync(file);
}

/** Node cannot lock a file, but the command can: what it locks is the open file, which it shares with us. */
function openAndLock(path: string): number | undefined {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  const inChild = 3;
  const flock = spawnSync("flock", ["-n", String(inChild)], {
    stdio: ["ignore", "ignore", "pipe", file],
    encoding: "utf8",
  });
  if (flock.status === 0) return file;
  closeSync(file);
  if (flock.status === 1 && flock.stderr === "") return undefined;
  const reason = flock.error?.message ?? (flock.stderr.trim() || `it ended with ${flock.status ?? flock.signal}`);
  throw new Error(`${path} cannot be locked by the command flock (of util-linux or BusyBox): ${reason}`);
}

/** macOS and the BSDs open and lock in one call. Node has no name for the flag. */
function openLocked(path: string): number | undefined {
  const O_EXLOCK = 0x20;
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined; // it has only just taken the lock
  }
}

function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "";
  return holder.host === hostname() ? ` (process ${holder.pid})` : ` (process ${holder.pid} on ${holder.host})`;
}

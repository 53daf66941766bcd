import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process of a tree. */
export interface TreeProcess {
  readonly pid: number;
  /** Bytes in memory; pages that it shares with others count in each of them. */
  readonly residentBytes: number;
}

/** A process and all that it has started, and those have started. */
export function processTree(root: number): readonly TreeProcess[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const family = new Set([root]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
  }
  return rows.flatMap(([pid, , kilobytes]) => (family.has(pid) ? [{ pid, residentBytes: kilobytes * 1024 }] : []));
}

/**
 * Bytes of memory that processes have for themselves, and their share of what they have in common (Linux' proportional set
 * size): the sum over a tree counts each page once. A process that is gone counts nothing.
 */
export const proportionalBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (kilobytesOf(pid) ?? 0) * 1024, 0);

function kilobytesOf(pid: number): number | undefined {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))![1]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}

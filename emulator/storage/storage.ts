import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve as absolutePath } from "node:path";
import { setImmediate } from "node:timers";
import { open, type Database, type Key, type RootDatabase } from "lmdb";
import { AppendLog, OpenFiles } from "./append-log.ts";
import { Blobs } from "./blobs.ts";
import type { Durability } from "./durability.ts";
import { lockDirectory } from "./lock.ts";

export interface StorageOptions {
  /** Folder that keeps the data. Without it, a temporary folder that is removed at the end. */
  readonly directory?: string;
  readonly durability?: Durability;
}

/** A part of a key: keys of a table order by their parts, numbers before strings before bytes. */
export type KeyPart = string | number | Uint8Array;
export type TableKey = readonly KeyPart[] | Uint8Array;

export interface Range {
  readonly start?: TableKey;
  /** Exclusive unless `inclusiveEnd`. */
  readonly end?: TableKey;
  readonly exclusiveStart?: boolean;
  readonly inclusiveEnd?: boolean;
  /** From the last key to the first; start and end keep their meaning of lowest and highest key. */
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface TableOptions {
  /** How values are kept: `structured` by MessagePack (no class instances), `binary` as bytes, `string` as UTF-8. */
  readonly values?: "structured" | "binary" | "string";
  /** `parts`: keys are lists that order part by part; `binary`: keys are bytes, ordered as bytes. */
  readonly keys?: "parts" | "binary";
}

/** Sorts after every string and number that can stand as the next part of a key. */
const LAST_PART = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

/** An ordered map on disk. Every call is synchronous; writes outside of `Storage.write` are their own transaction. */
export class Table<V> {
  readonly #db: Database<V, Key>;
  readonly #write: <T>(work: () => T) => T;

  constructor(db: Database<V, Key>, write: <T>(work: () => T) => T) {
    this.#db = db;
    this.#write = write;
  }

  get(key: TableKey): V | undefined {
    return this.#db.get(key as Key);
  }

  has(key: TableKey): boolean {
    return this.#db.doesExist(key as Key);
  }

  put(key: TableKey, value: V): void {
    this.#write(() => this.#db.putSync(key as Key, value));
  }

  /** @returns whether there was such a key */
  remove(key: TableKey): boolean {
    return this.#write(() => this.#db.removeSync(key as Key));
  }

  /** Reads lazily: do not write to the table while iterating outside of `Storage.write`. */
  *range(range: Range = {}): Generator<{ key: KeyPart[]; value: V }> {
    for (const { key, value } of this.#db.getRange(lmdbRange(range))) yield { key: key as KeyPart[], value };
  }

  *keys(range: Range = {}): Generator<KeyPart[]> {
    for (const key of this.#db.getKeys(lmdbRange(range))) yield key as KeyPart[];
  }

  /** The keys that begin with `prefix` and have at least one more part. */
  under(prefix: readonly KeyPart[], range: Omit<Range, "start" | "end"> = {}): Generator<{ key: KeyPart[]; value: V }> {
    return this.range({ start: prefix, exclusiveStart: true, end: [...prefix, LAST_PART], ...range });
  }

  /** Removes every key that begins with `prefix`, and the key that equals it. */
  clear(prefix: readonly KeyPart[]): void {
    this.#write(() => {
      for (const key of [...this.keys({ start: prefix, end: [...prefix, LAST_PART] })]) this.#db.removeSync(key);
    });
  }
}

function lmdbRange({ start, end, exclusiveStart, inclusiveEnd, reverse, limit }: Range): object {
  // lmdb wants a reverse range from its highest key downwards
  return reverse
    ? {
        start: end,
        end: start,
        reverse,
        limit,
        exclusiveStart: end && !inclusiveEnd,
        inclusiveEnd: start && !exclusiveStart,
      }
    : { start, end, limit, exclusiveStart, inclusiveEnd };
}

/** A request whose work waits for the next group. */
interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const TEMPORARY_PREFIX = "headwater-";

/** What a data directory holds, beside its lock: the tables, the blobs, the logs, the unpacked code and the scratch folders of functions. */
const CONTENTS = ["data", "blobs", "logs", "lambda"];

/**
 * Everything that the emulator keeps: ordered tables and, beside them, files for large bodies and logs. "In memory" is the same
 * on a temporary folder. An acknowledged write is with the operating system (see Durability for power cuts).
 */
export class Storage {
  readonly directory: string;
  readonly blobs: Blobs;
  readonly #temporary: boolean;
  readonly #root: RootDatabase;
  /** A temporary folder needs no lock: nobody else has its name. */
  readonly #unlock: (() => void) | undefined;
  readonly #grouping: boolean;
  readonly #waiting: Waiting[] = [];
  /** Counts what is put and removed. */
  #changes = 0;
  readonly #logFiles = new OpenFiles();
  /** Files of logs that were written to in this transaction. */
  readonly #unsynced = new Set<string>();
  #depth = 0;
  #transaction = 0;

  constructor(options: StorageOptions = {}) {
    this.#temporary = options.directory === undefined;
    this.directory = options.directory === undefined ? temporaryDirectory() : absolutePath(options.directory);
    mkdirSync(this.directory, { recursive: true });
    this.#unlock = this.#temporary ? undefined : lockDirectory(this.directory);
    this.#grouping = options.durability === "power";
    this.#root = open({
      path: join(this.directory, "data"),
      noSync: options.durability !== "power",
      // with it, lmdb goes back to an older snapshot after a kill, and forgets what was acknowledged
      overlappingSync: false,
      maxDbs: 128,
      // keys up to 4,026 bytes: a DynamoDB key has 3,072 before escaping
      pageSize: 8192,
      cache: false,
    });
    this.blobs = new Blobs(join(this.directory, "blobs"), options.durability === "power");
  }

  table<V>(name: string, options: TableOptions = {}): Table<V> {
    const encodings = { structured: "msgpack", binary: "binary", string: "string" } as const;
    const db = this.#root.openDB<V, Key>({
      name,
      cache: false,
      encoding: encodings[options.values ?? "structured"],
      ...(options.keys === "binary" && { keyEncoding: "binary" as const }),
    });
    return new Table(db, (work) => {
      this.#changes++;
      return this.write(work);
    });
  }

  /** Tells the transaction that runs from all others of this process. */
  get transaction(): number {
    return this.#transaction;
  }

  /** Runs `work` as one transaction: all of its writes are kept, or, when it throws, none. Nested, it is a part of the outer one. */
  write<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.#depth++;
    this.#transaction++;
    try {
      return this.#root.transactionSync(() => {
        const result = work();
        if (this.#grouping) for (const path of this.#unsynced) this.#logFiles.sync(path);
        this.#unsynced.clear();
        return result;
      });
    } finally {
      this.#depth--;
    }
  }

  /** The log of that name, which may have folders. To be asked for once. */
  log(name: string): AppendLog {
    return new AppendLog(join(this.directory, "logs", name), this.#logFiles, this.#unsynced);
  }

  /** The names of the logs in a folder, without it. */
  logs(folder: string): string[] {
    const directory = join(this.directory, "logs", folder);
    if (!existsSync(directory)) return [];
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  }

  /**
   * Runs the work of one request. With durability `power`, requests that wait at the same time share one transaction and
   * one sync to disk, and are answered after it; one that throws takes back its own writes only. Otherwise it just runs.
   */
  group<T>(work: () => T): T | Promise<T> {
    return this.#grouping ? this.together(work) : work();
  }

  /**
   * Runs `work` in one transaction with whatever else asks for this in the same turn of the event loop, and resolves when it is
   * committed: a commit costs as much as all the rest of a small write. Work looks before it writes. When it throws although it has
   * written, its own writes only are taken back: but with durability `power`, the work of all is run once more, each by itself.
   */
  together<T>(work: () => T): T | Promise<T> {
    if (this.#depth > 0) return work();
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#runGroup());
    });
  }

  #runGroup(): void {
    const group = this.#waiting.splice(0);
    const answers: (() => void)[] = [];
    try {
      this.write(() => {
        for (const { work, resolve, reject } of group) {
          const before = this.#changes;
          try {
            // in a box: lmdb would keep the transaction open for as long as a promise takes
            const { value } = this.#grouping
              ? this.#root.transactionSync(() => ({ value: work() }))
              : { value: work() };
            answers.push(() => resolve(value));
          } catch (error) {
            if (!this.#grouping && this.#changes !== before) throw error;
            answers.push(() => reject(error));
          }
        }
      });
    } catch (error) {
      if (this.#grouping || group.length === 1) for (const { reject } of group) reject(error);
      else for (const waiting of group) this.#runAlone(waiting);
      return;
    }
    for (const answer of answers) answer();
  }

  #runAlone({ work, resolve, reject }: Waiting): void {
    try {
      resolve(this.write(() => ({ value: work() })).value);
    } catch (error) {
      reject(error);
    }
  }

  /** @param forget removes all that the emulator has put into the folder; what others have there stays */
  async close({ forget = false } = {}): Promise<void> {
    await this.#root.close();
    this.#logFiles.closeAll();
    if (forget) for (const name of CONTENTS) rmSync(join(this.directory, name), { recursive: true, force: true });
    this.#unlock?.();
    if (this.#temporary) rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * A fresh folder whose name says whose it is; folders of processes that were killed are removed on the way. Those of
 * containers that share the folder of temporary files are theirs to remove: their process ids say nothing here.
 */
function temporaryDirectory(): string {
  const prefix = `${TEMPORARY_PREFIX}${processNamespace()}-`;
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

/** The number of the namespace that process ids are counted in; 0 where the system has but one. */
function processNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Where bytes of a log are. */
export interface LogPlace {
  readonly file: number;
  readonly offset: number;
}

/** A log is removed file by file: this is the least of it. */
const FILE_BYTES = 1 << 26;
const OPEN_FILES = 200;

/** Open files, those that were used last. */
export class OpenFiles {
  readonly #open = new Map<string, number>();

  get(path: string): number {
    const known = this.#open.get(path);
    const descriptor = known ?? openSync(path, "r+");
    if (known === undefined && this.#open.size >= OPEN_FILES) {
      for (const oldest of this.#open.keys()) {
        this.close(oldest);
        break;
      }
    }
    this.#open.delete(path);
    this.#open.set(path, descriptor);
    return descriptor;
  }

  /** Of a file, or of a folder that a file was made in. */
  sync(path: string): void {
    if (!statSync(path).isDirectory()) return fdatasyncSync(this.get(path));
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  close(path: string): void {
    const descriptor = this.#open.get(path);
    if (descriptor === undefined) return;
    this.#open.delete(path);
    closeSync(descriptor);
  }

  closeAll(): void {
    for (const path of [...this.#open.keys()]) this.close(path);
  }
}

/**
 * Bytes that are only ever appended, in files that are removed from the oldest on: what comes and goes in great amounts would leave
 * holes all over a table's file, and looking for room among them costs more than writing. Where the bytes are is kept in a table by
 * whoever appends them; what nobody refers to, because its transaction came to nothing, goes with its file.
 */
export class AppendLog {
  readonly #directory: string;
  readonly #files: OpenFiles;
  readonly #unsynced: Set<string>;
  #first: number;
  #last: number;
  #end: number;

  constructor(directory: string, files: OpenFiles, unsynced: Set<string>) {
    this.#directory = directory;
    this.#files = files;
    this.#unsynced = unsynced;
    mkdirSync(directory, { recursive: true });
    // others may have left something there: a file manager does
    const numbers = readdirSync(directory)
      .map(Number)
      .filter((number) => number > 0);
    this.#first = Math.min(...numbers);
    this.#last = Math.max(0, ...numbers);
    // what a kill left half-written is behind everything that a table refers to
    this.#end = this.#last === 0 ? FILE_BYTES : statSync(this.#path(this.#last)).size;
  }

  /** The bytes are with the operating system when this returns; they are to be kept by a table in the same transaction. */
  append(bytes: Uint8Array): LogPlace {
    if (this.#end >= FILE_BYTES) {
      const next = this.#last + 1;
      writeFileSync(this.#path(next), "", { flag: "wx" });
      this.#unsynced.add(this.#directory);
      this.#last = next;
      this.#first = Math.min(this.#first, next);
      this.#end = 0;
    }
    const path = this.#path(this.#last);
    const descriptor = this.#files.get(path);
    const offset = this.#end;
    for (let written = 0; written < bytes.length;)
      written += writeSync(descriptor, bytes, written, bytes.length - written, offset + written);
    this.#end = offset + bytes.length;
    this.#unsynced.add(path);
    return { file: this.#last, offset };
  }

  /** Reads `length` bytes into `into` at `at`. */
  read({ file, offset }: LogPlace, length: number, into: Uint8Array, at: number): void {
    const descriptor = this.#files.get(this.#path(file));
    for (let read = 0; read < length;) {
      const taken = readSync(descriptor, into, at + read, length - read, offset + read);
      if (taken === 0) throw new Error(`${this.#path(file)} ends within what a table refers to`);
      read += taken;
    }
  }

  /** Removes the files before `file`, others' work in between; the one that is being written stays. */
  async removeBefore(file: number): Promise<void> {
    while (this.#first < Math.min(file, this.#last)) {
      const path = this.#path(this.#first++);
      this.#forget(path);
      rmSync(path, { force: true });
      await nextTurn();
    }
  }

  async remove(): Promise<void> {
    await this.removeBefore(Infinity);
    this.#forget(this.#path(this.#last));
    this.#unsynced.delete(this.#directory);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #forget(path: string): void {
    this.#files.close(path);
    this.#unsynced.delete(path);
  }

  #path(file: number): string {
    return join(this.#directory, String(file));
  }
}

import { randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { PieceWriter } from "./piece-writer.ts";

export interface BlobInfo {
  readonly id: string;
  readonly sizeBytes: number;
}

/** How much is read at once. */
const READ_BYTES = 512 * 1024;

/** Makes the names in a folder durable: those of files that were made or renamed. */
async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Bodies that are too large for a table, one file each, named by an id of ours: no name that a client chose ever reaches
 * the file system. A file is written under a temporary name and renamed when it is whole.
 */
export class Blobs {
  readonly #directory: string;
  readonly #sync: boolean;
  readonly #folders = new Map<string, Blobs>();

  constructor(directory: string, sync: boolean) {
    this.#directory = directory;
    this.#sync = sync;
    mkdirSync(directory, { recursive: true });
    for (const name of readdirSync(directory))
      if (name.endsWith(".part")) rmSync(join(directory, name), { force: true });
  }

  /** The blobs of one service, in a folder of their own: nobody takes another's for orphans. */
  folder(name: string): Blobs {
    const folder = this.#folders.get(name) ?? new Blobs(join(this.#directory, name), this.#sync);
    this.#folders.set(name, folder);
    return folder;
  }

  path(id: string): string {
    return join(this.#directory, id);
  }

  /**
   * Streams `source` to disk, in pieces that `onPiece` sees, too, while they are written: a piece is in shared memory, which is used
   * again when that is done. What the source or `onPiece` throws ends the write.
   */
  async write(
    source: AsyncIterable<Uint8Array>,
    onPiece?: (piece: Uint8Array) => void | Promise<void>,
  ): Promise<BlobInfo> {
    const id = randomUUID();
    const part = `${this.path(id)}.part`;
    const file = await open(part, "wx");
    const pieces = new PieceWriter(file, onPiece);
    try {
      for await (const chunk of source) {
        const full = pieces.add(chunk);
        if (full) await full;
      }
      await pieces.end();
      if (this.#sync) await file.sync();
    } catch (error) {
      await pieces.settled();
      await file.close();
      rmSync(part, { force: true });
      throw error;
    }
    await file.close();
    await rename(part, this.path(id));
    if (this.#sync) await syncFolder(this.#directory);
    return { id, sizeBytes: pieces.sizeBytes };
  }

  /** `start` and `end` are byte positions, both inclusive. */
  read(id: string, range: { start?: number; end?: number } = {}): Readable {
    return createReadStream(this.path(id), { ...range, highWaterMark: READ_BYTES });
  }

  sizeBytes(id: string): number {
    return statSync(this.path(id)).size;
  }

  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }

  /** The ids of all blobs, for the sweep of those that nothing refers to after a kill. */
  ids(): string[] {
    return readdirSync(this.#directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".part"))
      .map((entry) => entry.name);
  }
}

import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { open, rename, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PieceWriter } from "./piece-writer.ts";

export interface BlobInfo {
  readonly id: string;
  readonly sizeBytes: number;
}

/** Sees the pieces of a body while they are written. A piece is in shared memory, which is used again when that is done. */
export type OnPiece = (piece: Uint8Array) => void | Promise<void>;

/** Makes the names in a folder durable: those of files that were made or renamed. */
async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A file on its way to the disk, under a temporary name until it is whole. */
export class BlobWriter {
  readonly #id: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #pieces: PieceWriter;
  readonly #sync: boolean;

  private constructor(id: string, path: string, file: FileHandle, options: { sync: boolean; onPiece?: OnPiece }) {
    this.#id = id;
    this.#path = path;
    this.#file = file;
    this.#sync = options.sync;
    this.#pieces = new PieceWriter(file, options.onPiece);
  }

  /** @param options.sync it is with the disk, not only with the operating system, when it is whole */
  static async open(directory: string, options: { sync: boolean; onPiece?: OnPiece }): Promise<BlobWriter> {
    const id = randomUUID();
    const path = join(directory, id);
    return new BlobWriter(id, path, await open(`${path}.part`, "wx"), options);
  }

  /** @returns a promise to wait for before the next chunk, if there is something to wait for. @throws what `onPiece` throws */
  add(chunk: Uint8Array): Promise<void> | undefined {
    return this.#pieces.add(chunk);
  }

  async end(): Promise<BlobInfo> {
    await this.#pieces.end();
    if (this.#sync) await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#path}.part`, this.#path);
    if (this.#sync) await syncFolder(dirname(this.#path));
    return { id: this.#id, sizeBytes: this.#pieces.sizeBytes };
  }

  /** Nothing of it stays. */
  async abort(): Promise<void> {
    await this.#pieces.settled();
    await this.#file.close();
    rmSync(`${this.#path}.part`, { force: true });
  }
}

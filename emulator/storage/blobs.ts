import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { eachChunk } from "../runtime/each-chunk.ts";
import { BlobWriter, type BlobInfo, type OnPiece } from "./blob-writer.ts";
import { SliceStream } from "./slice-stream.ts";

/**
 * Bodies that are too large for a table, one file each, named by an id of ours: no name that a client chose ever reaches
 * the file system.
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

  /** Begins a blob, whose pieces `onPiece` sees, too. */
  begin(onPiece?: OnPiece): Promise<BlobWriter> {
    return BlobWriter.open(this.#directory, { sync: this.#sync, ...(onPiece && { onPiece }) });
  }

  /** Streams `source` to disk. What the source throws ends the write. */
  async write(source: AsyncIterable<Uint8Array>): Promise<BlobInfo> {
    const blob = await this.begin();
    try {
      await eachChunk(source, (chunk) => blob.add(chunk));
      return await blob.end();
    } catch (error) {
      await blob.abort();
      throw error;
    }
  }

  read(id: string): SliceStream {
    return new SliceStream([{ path: this.path(id), start: 0, end: this.sizeBytes(id) - 1 }]);
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

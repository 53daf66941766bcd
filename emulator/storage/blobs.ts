import { randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

export interface BlobInfo {
  readonly id: string;
  readonly sizeBytes: number;
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

  /** Streams `source` to disk. `onChunk` sees each piece before it is written (checksums, limits); what it throws ends the write. */
  async write(source: AsyncIterable<Uint8Array>, onChunk?: (chunk: Uint8Array) => void): Promise<BlobInfo> {
    const id = randomUUID();
    const part = `${this.path(id)}.part`;
    const file = await open(part, "wx");
    let sizeBytes = 0;
    try {
      for await (const chunk of source) {
        onChunk?.(chunk);
        await file.writeFile(chunk);
        sizeBytes += chunk.byteLength;
      }
      if (this.#sync) await file.sync();
    } catch (error) {
      await file.close();
      rmSync(part, { force: true });
      throw error;
    }
    await file.close();
    await rename(part, this.path(id));
    return { id, sizeBytes };
  }

  /** `start` and `end` are byte positions, both inclusive. */
  read(id: string, range: { start?: number; end?: number } = {}): Readable {
    return createReadStream(this.path(id), range);
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

import type { Decipheriv } from "node:crypto";
import type { Readable } from "node:stream";
import { eachChunk } from "../../emulator/runtime/each-chunk.ts";
import type { Ids } from "../../emulator/runtime/ids.ts";
import type { Blobs } from "../../emulator/storage/blobs.ts";
import type { BlobWriter } from "../../emulator/storage/blob-writer.ts";
import { SliceStream, type FileSlice } from "../../emulator/storage/slice-stream.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { decipherFrom } from "./customer-key.ts";
import { INLINE_LIMIT_BYTES, type StoredBody } from "./model.ts";

/** What opens a body from one of its bytes on; undefined: it is not sealed. */
function opener({ id, iv }: StoredBody, start: number, key: Uint8Array | undefined): Decipheriv | undefined {
  if (iv === undefined) return undefined;
  if (!key) throw new Error(`the body ${id} is read without its key`);
  return decipherFrom(key, iv, start);
}

/** Bytes that were received and that no object refers to yet. */
export interface ReceivedBody {
  readonly body: StoredBody;
  /** Those of an inline body. */
  readonly bytes?: Uint8Array;
  /** Of a body that is kept encrypted, in hexadecimal digits. */
  readonly sealedMd5?: string;
}

/** Sees the bytes of a body on their way; what it throws ends the reception. */
export interface Witness {
  /** As they came in. */
  chunk(chunk: Uint8Array): void;
  /** The same, gathered: of a small body all of them; see `OnPiece`. */
  piece(piece: Uint8Array): void | Promise<void>;
}

/** Some of a body's bytes; `end` is inclusive, as in a Range header. */
export interface Slice {
  readonly body: StoredBody;
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of objects and parts. A body is received first, then kept or dropped in the transaction that writes or
 * removes whoever refers to it; a file goes after that transaction, and once no answer is being read from it.
 */
export class Bodies {
  readonly #inline: Table<Uint8Array>;
  /** The files that something refers to. What is on disk beside them was left by a kill. */
  readonly #files: Table<string>;
  readonly #blobs: Blobs;
  readonly #storage: Storage;
  readonly #ids: Ids;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  /** Files to remove when the transaction at hand has been committed. */
  readonly #dropped: string[] = [];

  constructor(storage: Storage, ids: Ids) {
    this.#storage = storage;
    this.#ids = ids;
    this.#inline = storage.table("s3/bodies", { values: "binary" });
    this.#files = storage.table("s3/files", { values: "string" });
    this.#blobs = storage.blobs.folder("s3");
  }

  /** Reads `source` to its end. When it or the witness throws, nothing is left behind. */
  async receive(source: AsyncIterable<Uint8Array>, witness: Witness): Promise<ReceivedBody> {
    const first: Uint8Array[] = [];
    let sizeBytes = 0;
    let blob: BlobWriter | undefined;
    const begin = async (): Promise<void> => {
      blob = await this.#blobs.begin((piece) => witness.piece(piece));
      for (const chunk of first.splice(0)) await blob.add(chunk);
    };
    try {
      await eachChunk(source, (chunk) => {
        witness.chunk(chunk);
        sizeBytes += chunk.byteLength;
        if (blob) return blob.add(chunk);
        first.push(chunk);
        if (sizeBytes > INLINE_LIMIT_BYTES) return begin();
      });
      if (blob) return { body: { id: (await blob.end()).id, inline: false, sizeBytes } };
    } catch (error) {
      await blob?.abort();
      throw error;
    }
    const bytes = first.length === 1 ? (first[0] as Uint8Array) : Buffer.concat(first);
    const seen = witness.piece(bytes);
    if (seen) await seen;
    return { body: { id: this.#ids.ordered(), inline: true, sizeBytes }, bytes };
  }

  /** Within a transaction: what was received is from now on referred to. */
  keep({ body, bytes }: ReceivedBody): StoredBody {
    if (body.inline) this.#inline.put([body.id], bytes ?? new Uint8Array());
    else this.#files.put([body.id], "");
    return body;
  }

  /** Within a transaction: nothing refers to it any more. */
  drop(body: StoredBody): void {
    if (body.inline) this.#inline.remove([body.id]);
    else {
      this.#files.remove([body.id]);
      this.#dropped.push(body.id);
    }
  }

  /** What was received will not be kept. */
  discard({ body }: ReceivedBody): void {
    if (!body.inline) this.#blobs.remove(body.id);
  }

  /** One transaction over `keep` and `drop`. */
  write<T>(work: () => T): T {
    try {
      return this.#storage.write(work);
    } finally {
      // this may be a part of a larger transaction, which is over when the stack is empty
      if (this.#dropped.length > 0) queueMicrotask(() => this.#removeDropped());
    }
  }

  /** The same, in a transaction with others that ask for it at the moment: a commit is most of what a small object costs. */
  async writeTogether<T>(work: () => T): Promise<T> {
    return this.#storage.together(() => this.write(work));
  }

  #removeDropped(): void {
    for (const id of this.#dropped.splice(0)) {
      if (this.#files.has([id])) continue; // the transaction came to nothing
      if (this.#readers.has(id)) this.#doomed.add(id);
      else this.#blobs.remove(id);
    }
  }

  bytes(body: StoredBody): Uint8Array {
    const bytes = this.#inline.get([body.id]);
    if (!bytes) throw new Error(`the body ${body.id} is missing`);
    return bytes;
  }

  /**
   * The slices one after the other, opened by the key that they were sealed by, whatever is deleted meanwhile: files stay until the
   * stream ends or is destroyed, and what is inline is taken at once.
   */
  read(slices: readonly Slice[], key?: Uint8Array): Uint8Array | Readable {
    const [only] = slices;
    if (!only) return new Uint8Array();
    if (slices.length === 1 && only.body.inline) return this.#inlineSlice(only, key);
    const stream = new SliceStream(
      slices.flatMap((slice): (Uint8Array | FileSlice)[] => {
        const { body, start, end } = slice;
        if (end < start) return [];
        if (body.inline) return [this.#inlineSlice(slice, key)];
        const open = opener(body, start, key);
        return [{ path: this.#blobs.path(body.id), start, end, open: open && ((bytes) => open.update(bytes)) }];
      }),
    );
    const held = slices.filter(({ body }) => !body.inline).map(({ body }) => body.id);
    for (const id of held) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    stream.once("close", () => {
      for (const id of held) this.#release(id);
    });
    return stream;
  }

  #inlineSlice({ body, start, end }: Slice, key: Uint8Array | undefined): Uint8Array {
    const bytes = this.bytes(body).subarray(start, end + 1);
    return opener(body, start, key)?.update(bytes) ?? bytes;
  }

  #release(id: string): void {
    const left = (this.#readers.get(id) ?? 1) - 1;
    if (left > 0) return void this.#readers.set(id, left);
    this.#readers.delete(id);
    if (this.#doomed.delete(id)) this.#blobs.remove(id);
  }

  /** The files that nothing refers to: of uploads that a kill cut off. To be asked before the first request. */
  orphans(): string[] {
    return this.#blobs.ids().filter((id) => !this.#files.has([id]));
  }

  removeFiles(ids: readonly string[]): void {
    for (const id of ids) this.#blobs.remove(id);
  }
}

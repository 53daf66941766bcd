import type { FileHandle } from "node:fs/promises";
import { giveMemory, PIECE_BYTES, takeMemory } from "./piece-memory.ts";

/**
 * Gathers the chunks of a body, which are small, into pieces. One piece is written, and seen by `onPiece`, while the next is gathered: a
 * body has two in memory, however large it is.
 */
export class PieceWriter {
  readonly #file: FileHandle;
  readonly #onPiece: ((piece: Uint8Array) => void | Promise<void>) | undefined;
  #memory: SharedArrayBuffer | undefined;
  #filled = 0;
  #underWay: Promise<void> = Promise.resolve();
  sizeBytes = 0;

  constructor(file: FileHandle, onPiece?: (piece: Uint8Array) => void | Promise<void>) {
    this.#file = file;
    this.#onPiece = onPiece;
  }

  /** @returns a promise to wait for before the next chunk, if a piece is full */
  add(chunk: Uint8Array): Promise<void> | undefined {
    const room = PIECE_BYTES - this.#filled;
    if (chunk.byteLength < room) {
      this.#put(chunk);
      return undefined;
    }
    return this.#addBeyond(chunk, room);
  }

  async #addBeyond(chunk: Uint8Array, room: number): Promise<void> {
    this.#put(chunk.subarray(0, room));
    await this.#flush();
    for (let at = room; at < chunk.byteLength; at += PIECE_BYTES) {
      this.#put(chunk.subarray(at, at + PIECE_BYTES));
      if (this.#filled === PIECE_BYTES) await this.#flush();
    }
  }

  #put(chunk: Uint8Array): void {
    this.#memory ??= takeMemory();
    // `set` copies into shared memory word by word
    if (chunk.byteLength > 0) Buffer.from(this.#memory, this.#filled, chunk.byteLength).fill(chunk);
    this.#filled += chunk.byteLength;
    this.sizeBytes += chunk.byteLength;
  }

  /** Waits for the piece before, and begins with the one at hand. */
  async #flush(): Promise<void> {
    await this.#underWay;
    const memory = this.#memory;
    if (!memory) return;
    const piece = new Uint8Array(memory, 0, this.#filled);
    this.#memory = undefined;
    this.#filled = 0;
    this.#underWay = this.#process(piece).finally(() => giveMemory(memory));
    this.#underWay.catch(() => {}); // whoever waits for it next hears of it
  }

  async #process(piece: Uint8Array): Promise<void> {
    const see = async (): Promise<void> => this.#onPiece?.(piece);
    const results = await Promise.allSettled([see(), writeAll(this.#file, piece)]);
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async end(): Promise<void> {
    await this.#flush();
    await this.#underWay;
  }

  /** Until nothing is under way, whatever became of it. */
  async settled(): Promise<void> {
    if (this.#memory) giveMemory(this.#memory);
    this.#memory = undefined;
    await this.#underWay.catch(() => {});
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.byteLength;) at += (await file.write(piece, at)).bytesWritten;
}

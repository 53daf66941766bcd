import { open, type FileHandle } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { callbackify } from "node:util";
import { giveMemory, PIECE_BYTES, takeMemory } from "./piece-memory.ts";

/** Some of a file's bytes. */
export interface FileSlice {
  readonly path: string;
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  /** Makes of the file's bytes, in their order, those that are read. */
  readonly open?: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

/**
 * Bytes of files and of memory, one after the other. A stream like others for whoever keeps its chunks; `sendTo` is for sockets, which do
 * not: it reads into the same memory over and over, and one piece is read while the other is sent.
 */
export class SliceStream extends Readable {
  readonly #slices: readonly (Uint8Array | FileSlice)[];
  #index = 0;
  #file: FileHandle | undefined;
  /** In the file at hand. */
  #at = 0;
  #reading: Promise<Uint8Array | undefined> | undefined;

  constructor(slices: readonly (Uint8Array | FileSlice)[]) {
    super();
    this.#slices = slices;
  }

  override _read(): void {
    this.#next(() => new ArrayBuffer(PIECE_BYTES)).then(
      (piece) => this.push(piece ?? null),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#closed((failed) => done(error ?? failed));
  }

  readonly #closed = callbackify(async (): Promise<void> => {
    await this.#reading?.catch(() => {}); // whoever waits for it hears of it
    await this.#file?.close();
  });

  /** Writes all of it, and ends `destination`. @throws Error when it is closed before */
  async sendTo(destination: Writable): Promise<void> {
    const closed = new Promise<never>((_resolve, reject) =>
      destination.once("close", () => reject(new Error("closed before all was sent"))),
    );
    closed.catch(() => {});
    try {
      let sending: Promise<void> | undefined;
      for (;;) {
        let memory: SharedArrayBuffer | undefined;
        const piece = await this.#next(() => (memory = takeMemory()));
        await Promise.race([sending, closed]);
        if (!piece) break;
        // memory of what is not known to be sent goes to nobody else
        sending = written(destination, piece).then(() => memory && giveMemory(memory));
        sending.catch(() => {});
      }
      destination.end();
    } finally {
      this.destroy();
    }
  }

  #next(memory: () => ArrayBufferLike): Promise<Uint8Array | undefined> {
    this.#reading = this.#read(memory);
    return this.#reading;
  }

  /** The next bytes; undefined behind the last ones. */
  async #read(memory: () => ArrayBufferLike): Promise<Uint8Array | undefined> {
    for (let slice = this.#slices[this.#index]; slice; slice = this.#slices[++this.#index]) {
      if (slice instanceof Uint8Array) {
        this.#index++;
        return slice;
      }
      if (!this.#file) {
        this.#file = await open(slice.path, "r");
        this.#at = slice.start;
      }
      const wanted = Math.min(slice.end + 1 - this.#at, PIECE_BYTES);
      if (wanted > 0) {
        const { bytesRead, buffer } = await this.#file.read(new Uint8Array(memory(), 0, wanted), 0, wanted, this.#at);
        if (bytesRead === 0) throw new Error(`${slice.path} ends before byte ${slice.end}`);
        this.#at += bytesRead;
        const bytes = buffer.subarray(0, bytesRead);
        return slice.open?.(bytes) ?? bytes;
      }
      await this.#file.close();
      this.#file = undefined;
    }
    return undefined;
  }
}

const written = (destination: Writable, piece: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    destination.write(piece, (error) => (error ? reject(error) : resolve()));
  });

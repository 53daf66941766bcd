import type { Clock } from "../../../emulator/runtime/clock.ts";
import type { Position } from "./model.ts";

/** The calls that read one shard of one kind of stream. */
export interface ShardPages<R> {
  /** Most that one call answers. */
  readonly mostRecords: number;
  /** An iterator that goes on at a position. */
  iterator(position: Position): Promise<string>;
  /** @throws AwsError ExpiredIteratorException */
  page(iterator: string, limit: number): Promise<ShardPage<R>>;
  sequenceNumberOf(record: R): string;
}

export interface ShardPage<R> {
  readonly records: readonly R[];
  /** Where nothing was read: that there is nothing to read up to this sequence number, if that was not known before. */
  readonly passed?: string;
  /** The next iterator; undefined: the shard is closed and was read to its end. */
  readonly next: string | undefined;
  /** Nothing was left behind the last record when they were read. */
  readonly isAtTip: boolean;
}

/** Reads a shard forwards. */
export interface Cursor<R> {
  /** The iterator that alone knows where LATEST was, while nothing has been read: it must be used before it expires. */
  readonly latestIterator: string | undefined;
  read(limit: number): Promise<ShardPage<R>>;
  /** Gives up what it holds of the source. */
  close?(): Promise<void>;
}

/** Refusals that a new iterator helps against. */
const STALE: ReadonlySet<string> = new Set(["ExpiredIteratorException", "TrimmedDataAccessException"]);

export const isStale = (error: unknown): boolean => STALE.has((error as Error).name);

/** Reads a shard page by page. Knows its position as a sequence number; iterators are only a means to go on. */
export class ShardCursor<R> implements Cursor<R> {
  readonly #pages: ShardPages<R>;
  readonly #clock: Clock;
  #position: Position;
  #iterator: string | undefined;

  constructor(pages: ShardPages<R>, clock: Clock, position: Position, iterator?: string) {
    this.#pages = pages;
    this.#clock = clock;
    this.#position = position;
    this.#iterator = iterator;
  }

  get latestIterator(): string | undefined {
    return this.#position.kind === "latest" ? this.#iterator : undefined;
  }

  async read(limit: number): Promise<ShardPage<R>> {
    const readAt = this.#clock.now();
    const page = await this.#page(Math.min(limit, this.#pages.mostRecords));
    this.#iterator = page.next;
    const last = page.records.at(-1);
    if (last !== undefined) this.#position = { kind: "after", sequenceNumber: this.#pages.sequenceNumberOf(last) };
    else if (this.#position.kind === "latest") this.#position = { kind: "latest", atMs: readAt };
    return page;
  }

  async #page(limit: number): Promise<ShardPage<R>> {
    if (this.#iterator !== undefined) {
      try {
        return await this.#pages.page(this.#iterator, limit);
      } catch (error) {
        this.#iterator = undefined;
        if (!isStale(error)) throw error;
      }
    }
    return this.#pages.page(await this.#pages.iterator(this.#position), limit);
  }
}

import type { Storage, Table } from "../../emulator/storage/storage.ts";
import type { AsyncEvent } from "./model.ts";

export interface QueuedEvent {
  readonly key: readonly [dueAt: number, requestId: string];
  readonly event: AsyncEvent;
}

/** Events of asynchronous invocations, of all accounts, in the order in which they are due. */
export class AsyncEventStore {
  readonly #storage: Storage;
  readonly #events: Table<AsyncEvent>;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#events = storage.table("lambda/async-events");
  }

  put(event: AsyncEvent, dueAt: number): void {
    this.#events.put([dueAt, event.requestId], event);
  }

  move({ key, event }: QueuedEvent, dueAt: number): QueuedEvent {
    return this.#storage.write(() => {
      this.#events.remove(key);
      this.put(event, dueAt);
      return { key: [dueAt, event.requestId], event };
    });
  }

  remove({ key }: QueuedEvent): void {
    this.#events.remove(key);
  }

  /** Keys only: an event may be a megabyte. */
  *inOrder(): Generator<QueuedEvent["key"]> {
    for (const key of this.#events.keys()) yield [Number(key[0]), String(key[1])];
  }

  get(key: QueuedEvent["key"]): QueuedEvent | undefined {
    const event = this.#events.get(key);
    return event && { key, event };
  }
}

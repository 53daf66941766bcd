import type { Gone } from "./exchange.ts";

/** The answers that go on until somebody ends them: a stop or a reset of the emulator does. */
export class EventStreams {
  readonly #open = new Map<Gone, Promise<unknown>>();
  #isEnding = false;

  /** `written` settles when the answer is over. */
  add(gone: Gone, written: Promise<unknown>): void {
    const over = written.then(
      () => this.#open.delete(gone),
      () => this.#open.delete(gone),
    );
    this.#open.set(gone, over);
    if (this.#isEnding) gone.abort(new Ending());
  }

  /** Ends those that are open and those that are still to come. @returns what settles when they are over */
  end(): Iterable<Promise<unknown>> {
    this.#isEnding = true;
    for (const gone of this.#open.keys()) gone.abort(new Ending());
    return this.#open.values();
  }
}

/** Why an event stream is over: not the client has gone, but the emulator. */
class Ending extends Error {}

import { Readable } from "node:stream";

/** The body of an object that comes by a browser's form: an event of its own. */
export class PostedFile extends Readable {
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    super();
    this.#source = source[Symbol.asyncIterator]();
  }

  override _read(): void {
    this.#source.next().then(
      ({ done, value }) => this.push(done === true ? null : value),
      (error: Error) => this.destroy(error),
    );
  }
}

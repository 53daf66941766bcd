/** Room for what stands before the items: the name of their member. */
const FRONT_BYTES = 64;
const LEAST_BYTES = 1 << 18;
/** How much memory is kept for the next answers. */
const KEPT_BYTES = 1 << 25;

const kept: Buffer[] = [];
let keptBytes = 0;

/**
 * The items of a list as JSON, with a comma before each, in memory that serves the next answer when this one has been sent: filling it
 * costs less than asking the system for it.
 */
export class WrittenItems {
  #bytes: Buffer | undefined;
  #end = FRONT_BYTES;

  /** Makes room for items of `length` bytes. @returns where they are to be written in `bytes` */
  extend(length: number): number {
    const start = this.#end;
    const end = start + length;
    const { bytes } = this;
    if (bytes.length < end) {
      this.#bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(end)));
      this.#bytes.set(bytes.subarray(0, start));
    }
    this.#end = end;
    return start;
  }

  /** The memory, until it is extended. */
  get bytes(): Buffer {
    return (this.#bytes ??= taken());
  }

  /** The items as a list, `before` and `behind` it. */
  between(before: string, behind: string): Buffer {
    const text = `]${behind}`;
    const end = this.extend(Buffer.byteLength(text));
    this.bytes.write(text, end);
    const last = this.#end;
    this.#end = end;
    // over the first comma
    const first = end === FRONT_BYTES ? end : FRONT_BYTES + 1;
    const start = first - before.length - 1;
    if (start < 0) throw new Error(`${before} is too long to stand before the items`);
    this.bytes.write(`${before}[`, start, "latin1");
    return this.bytes.subarray(start, last);
  }

  /** To be called when nobody looks at the memory any more. */
  release(): void {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    this.#end = FRONT_BYTES;
    if (!bytes || keptBytes + bytes.length > KEPT_BYTES) return;
    kept.push(bytes);
    keptBytes += bytes.length;
  }
}

function taken(): Buffer {
  const bytes = kept.pop();
  if (!bytes) return Buffer.allocUnsafeSlow(LEAST_BYTES);
  keptBytes -= bytes.length;
  return bytes;
}

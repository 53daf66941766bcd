import { AwsError } from "../model/errors.ts";

const INCOMPLETE = { code: "IncompleteBody", status: 400 };
const incomplete = () => new AwsError(INCOMPLETE, "The request body terminated unexpectedly");

/** Longest chunk header or trailer line in bytes. */
const LONGEST_LINE = 16 * 1024;

/**
 * Takes the `aws-chunked` framing off a body: `hex-size[;chunk-signature=...]\r\n data \r\n ... 0\r\n trailers \r\n`.
 * Yields the data; the trailing headers (checksums) are added to `trailers`, in lower case, when the body ends.
 * @throws AwsError IncompleteBody when the framing is broken, ends early, or does not add up to `decodedLength`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* unchunk(
  source: AsyncIterable<Uint8Array>,
  decodedLength: number | undefined,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  let total = 0;
  for (;;) {
    const header = await reader.line();
    const size = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(header)?.[1];
    if (size === undefined) throw incomplete();
    let left = Number.parseInt(size, 16);
    if (left === 0) break;
    total += left;
    if (decodedLength !== undefined && total > decodedLength) throw incomplete();
    while (left > 0) {
      const piece = await reader.upTo(left);
      left -= piece.byteLength;
      yield piece;
    }
    if ((await reader.line()) !== "") throw incomplete();
  }
  for (;;) {
    const line = await reader.line(true);
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 1) throw incomplete();
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  await reader.drain();
  if (decodedLength !== undefined && total !== decodedLength) throw incomplete();
}

class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    return true;
  }

  /** A line without its end; at the end of the body an empty one if `endAllowed`. */
  async line(endAllowed = false): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#buffer.subarray(0, end).toString("latin1");
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#buffer.length > LONGEST_LINE) throw incomplete();
      if (!(await this.#more())) {
        if (endAllowed && this.#buffer.length === 0) return "";
        throw incomplete();
      }
    }
  }

  async upTo(size: number): Promise<Uint8Array> {
    while (this.#buffer.length === 0) if (!(await this.#more())) throw incomplete();
    const piece = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(piece.length);
    return piece;
  }

  async drain(): Promise<void> {
    while (await this.#more()) this.#buffer = Buffer.alloc(0);
  }
}

import { AwsError } from "../model/errors.ts";

const INCOMPLETE = { code: "IncompleteBody", status: 400 };
const incomplete = () => new AwsError(INCOMPLETE, "The request body terminated unexpectedly");

/** Holds the signatures of chunks against their data. */
export interface ChunkVerifier {
  update(piece: Uint8Array): void;
  /** What stands behind the size of a chunk whose data have all been seen: `;chunk-signature=...`. @throws AwsError */
  endChunk(extension: string): void;
  /** In their order. @throws AwsError */
  endTrailers(trailers: readonly (readonly [name: string, value: string])[]): void;
}

/** All chunks but the last have to be as large as this, in bytes. */
const SMALLEST_CHUNK_BYTES = 8 * 1024;

const tooSmall = (chunk: number, sizeBytes: number) =>
  new AwsError(
    { code: "InvalidChunkSizeError", status: 403 },
    "Only the last chunk is allowed to have a size less than 8192 bytes",
    { Chunk: chunk, BadChunkSize: sizeBytes },
  );

/** Longest chunk header or trailer line in bytes. */
const LONGEST_LINE = 16 * 1024;

/**
 * Takes the `aws-chunked` framing off a body: `hex-size[;chunk-signature=...]\r\n data \r\n ... 0\r\n trailers \r\n`.
 * Yields the data; the trailing headers (checksums) are added to `trailers`, in lower case, when the body ends.
 * @throws AwsError IncompleteBody when the framing is broken, ends early, or does not add up to `decodedLength`;
 *   InvalidChunkSizeError; and what `verifier` throws
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export async function* unchunk(
  source: AsyncIterable<Uint8Array>,
  decodedLength: number | undefined,
  trailers: Record<string, string>,
  verifier?: ChunkVerifier,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  let total = 0;
  let before = SMALLEST_CHUNK_BYTES;
  for (let chunk = 1; ; chunk++) {
    const header = await reader.line();
    const [, size, extension = ""] = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(header) ?? [];
    if (size === undefined) throw incomplete();
    let left = Number.parseInt(size, 16);
    if (left > 0 && before < SMALLEST_CHUNK_BYTES) throw tooSmall(chunk - 1, before);
    before = left;
    total += left;
    if (decodedLength !== undefined && total > decodedLength) throw incomplete();
    while (left > 0) {
      const piece = await reader.upTo(left);
      left -= piece.byteLength;
      verifier?.update(piece);
      yield piece;
    }
    verifier?.endChunk(extension);
    if (before === 0) break;
    if ((await reader.line()) !== "") throw incomplete();
  }
  const found: [name: string, value: string][] = [];
  for (;;) {
    const line = await reader.line(true);
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 1) throw incomplete();
    found.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
  }
  verifier?.endTrailers(found);
  Object.assign(trailers, Object.fromEntries(found));
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

import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import AdmZip from "adm-zip";
import type { Sealed } from "../model.ts";

/** Small records are put together to pieces of this size: every piece costs the writer a turn. */
const PIECE_BYTES = 256 * 1024;
const LINE_FEED = Buffer.from("\n");

/** The records of an object, one behind the other, with a line feed between them if that is configured. */
export function* pieces(segments: Iterable<readonly Uint8Array[]>, delimited: boolean): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let isFirst = true;
  for (const data of segments) {
    for (const record of data) {
      if (delimited && !isFirst) waiting.push(LINE_FEED);
      isFirst = false;
      waiting.push(record);
      bytes += record.byteLength + 1;
      if (bytes < PIECE_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (waiting.length > 0) yield Buffer.concat(waiting);
}

export interface ObjectBody {
  readonly body: AsyncIterable<Uint8Array> | Uint8Array;
  readonly contentEncoding?: string;
}

/** The body of an object as its compression wants it. The same records make the same bytes, whenever it is asked. */
export function objectBody(
  segments: Iterable<readonly Uint8Array[]>,
  { target, delimited, key, sealedAt }: Pick<Sealed, "target" | "delimited" | "key" | "sealedAt">,
): ObjectBody {
  const plain = pieces(segments, delimited);
  switch (target.compression) {
    case "GZIP":
      return { body: gzipped(plain), contentEncoding: "gzip" };
    case "ZIP":
      return { body: zipped(plain, key, sealedAt), contentEncoding: "zip" };
    default:
      return { body: asynchronous(plain) };
  }
}

async function* asynchronous(source: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source;
}

/** Begins when it is read: of an object that cannot be written, nothing is left running. */
async function* gzipped(source: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  const input = Readable.from(source);
  input.on("error", (error) => gzip.destroy(error));
  for await (const chunk of input.pipe(gzip)) yield chunk as Uint8Array;
}

function zipped(source: Iterable<Uint8Array>, key: string, sealedAt: number): Uint8Array {
  const zip = new AdmZip();
  const name = key.slice(key.lastIndexOf("/") + 1).replace(/\.zip$/, "");
  zip.addFile(name, Buffer.concat([...source]));
  const entry = zip.getEntry(name);
  if (entry) entry.header.time = new Date(sealedAt);
  return zip.toBuffer();
}

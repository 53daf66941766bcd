import { isAlive, type Item } from "./item.ts";

/** A record of more than these is left as it is. */
const MOST_RECORDS = 500;

/**
 * Takes records apart that hold several: JSON objects one behind the other (with or without space between them), or pieces
 * with a delimiter between them.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-multirecord-deaggergation.html
 */
export function deAggregate(items: readonly Item[], delimiter: Uint8Array | undefined): Item[] {
  return items.flatMap((item) => {
    if (!isAlive(item)) return [item];
    const pieces = delimiter ? splitBy(item.data, delimiter) : splitJson(item.data);
    if (pieces === undefined || pieces.length < 1 || pieces.length > MOST_RECORDS) return [item];
    return pieces.map((data, index): Item => ({ ...item, id: `${item.id}${pad(index)}`, data, raw: data }));
  });
}

const pad = (index: number): string => String(index).padStart(4, "0");

function splitBy(data: Uint8Array, delimiter: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const end = buffer.indexOf(delimiter, at);
    const piece = buffer.subarray(at, end < 0 ? undefined : end);
    if (piece.byteLength > 0) pieces.push(piece);
    if (end < 0) return pieces;
    at = end + delimiter.byteLength;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** The bytes of each object; undefined where there is anything else than objects and space. */
function splitJson(data: Uint8Array): Uint8Array[] | undefined {
  const pieces: Uint8Array[] = [];
  let depth = 0;
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < data.byteLength; at++) {
    const byte = data[at] as number;
    if (isQuoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isQuoted = false;
    } else if (depth === 0) {
      if (byte === OPEN) {
        start = at;
        depth = 1;
      } else if (!SPACES.has(byte)) return undefined;
    } else if (byte === QUOTE) isQuoted = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) pieces.push(data.subarray(start, at + 1));
  }
  return depth === 0 ? pieces : undefined;
}

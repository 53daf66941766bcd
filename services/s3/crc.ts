/**
 * The CRCs that zlib has not, eight bytes at a step, and the sum of two CRCs' data without the data.
 * All of them are reflected, with all ones as start and final mask.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
export interface Crc {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

const CRC32_POLYNOMIAL = 0xedb88320n;
const CRC32C_POLYNOMIAL = 0x82f63b78n;
const CRC64NVME_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;

/** Eight tables of 256 entries: entry `256 * k + b` is the CRC of byte b followed by k zero bytes. */
function tables(polynomial: bigint): BigUint64Array {
  const table = new BigUint64Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    table[byte] = value;
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256] as bigint;
    table[index] = (table[Number(before & 0xffn)] as bigint) ^ (before >> 8n);
  }
  return table;
}

const lower = (table: BigUint64Array): Uint32Array => Uint32Array.from(table, (value) => Number(value & 0xffffffffn));
const upper = (table: BigUint64Array): Uint32Array => Uint32Array.from(table, (value) => Number(value >> 32n));

// every index below is in its table, and every offset in its chunk: `at` spares the checks that the types ask for
const at = (words: Uint32Array | Uint8Array, index: number): number => words[index] as number;

let crc32cTable: Uint32Array | undefined;

export class Crc32c implements Crc {
  readonly #table = (crc32cTable ??= lower(tables(CRC32C_POLYNOMIAL)));
  #state = 0xffffffff;

  update(chunk: Uint8Array): void {
    const t = this.#table;
    const { length } = chunk;
    let crc = this.#state;
    let i = 0;
    for (; i + 8 <= length; i += 8) {
      const low = crc ^ (at(chunk, i) | (at(chunk, i + 1) << 8) | (at(chunk, i + 2) << 16) | (at(chunk, i + 3) << 24));
      crc =
        at(t, 1792 + (low & 255)) ^
        at(t, 1536 + ((low >>> 8) & 255)) ^
        at(t, 1280 + ((low >>> 16) & 255)) ^
        at(t, 1024 + (low >>> 24)) ^
        at(t, 768 + at(chunk, i + 4)) ^
        at(t, 512 + at(chunk, i + 5)) ^
        at(t, 256 + at(chunk, i + 6)) ^
        at(t, at(chunk, i + 7));
    }
    for (; i < length; i++) crc = at(t, (crc ^ at(chunk, i)) & 255) ^ (crc >>> 8);
    this.#state = crc;
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(~this.#state >>> 0);
    return out;
  }
}

let crc64Tables: { low: Uint32Array; high: Uint32Array } | undefined;

function tablesOfCrc64(): { low: Uint32Array; high: Uint32Array } {
  if (!crc64Tables) {
    const table = tables(CRC64NVME_POLYNOMIAL);
    crc64Tables = { low: lower(table), high: upper(table) };
  }
  return crc64Tables;
}

export class Crc64Nvme implements Crc {
  readonly #tables = tablesOfCrc64();
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(chunk: Uint8Array): void {
    const { low: tl, high: th } = this.#tables;
    const { length } = chunk;
    let low = this.#low;
    let high = this.#high;
    let i = 0;
    for (; i + 8 <= length; i += 8) {
      low ^= at(chunk, i) | (at(chunk, i + 1) << 8) | (at(chunk, i + 2) << 16) | (at(chunk, i + 3) << 24);
      high ^= at(chunk, i + 4) | (at(chunk, i + 5) << 8) | (at(chunk, i + 6) << 16) | (at(chunk, i + 7) << 24);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low = at(tl, a) ^ at(tl, b) ^ at(tl, c) ^ at(tl, d) ^ at(tl, e) ^ at(tl, f) ^ at(tl, g) ^ at(tl, h);
      high = at(th, a) ^ at(th, b) ^ at(th, c) ^ at(th, d) ^ at(th, e) ^ at(th, f) ^ at(th, g) ^ at(th, h);
    }
    for (; i < length; i++) {
      const index = (low ^ at(chunk, i)) & 255;
      low = at(tl, index) ^ ((low >>> 8) | (high << 24));
      high = at(th, index) ^ (high >>> 8);
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Buffer {
    const out = Buffer.alloc(8);
    out.writeUInt32BE(~this.#high >>> 0, 0);
    out.writeUInt32BE(~this.#low >>> 0, 4);
    return out;
  }
}

export type CombinableCrc = "CRC32" | "CRC32C" | "CRC64NVME";

const FIELDS: Readonly<Record<CombinableCrc, { width: bigint; polynomial: bigint }>> = {
  CRC32: { width: 32n, polynomial: CRC32_POLYNOMIAL },
  CRC32C: { width: 32n, polynomial: CRC32C_POLYNOMIAL },
  CRC64NVME: { width: 64n, polynomial: CRC64NVME_POLYNOMIAL },
};

/** Product of two polynomials modulo the CRC's, in the reflected order of bits. */
function multiply(a: bigint, b: bigint, { width, polynomial }: { width: bigint; polynomial: bigint }): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

/** x to the power of 8 * `bytes`: what a CRC is multiplied by when so many bytes follow its own. */
function shift(bytes: number, field: { width: bigint; polynomial: bigint }): bigint {
  let power = 1n << (field.width - 9n); // x^8
  let result = 1n << (field.width - 1n); // 1
  for (let left = BigInt(bytes); left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(result, power, field);
    power = multiply(power, power, field);
  }
  return result;
}

/** The CRC of all parts' bytes in a row, from each part's CRC and size in bytes. */
export function combineCrcs(
  algorithm: CombinableCrc,
  parts: readonly { crc: Uint8Array; sizeBytes: number }[],
): Buffer {
  const field = FIELDS[algorithm];
  const shifts = new Map<number, bigint>(); // parts are mostly of one size
  let total = 0n;
  for (const { crc, sizeBytes } of parts) {
    const factor = shifts.get(sizeBytes) ?? shift(sizeBytes, field);
    shifts.set(sizeBytes, factor);
    total = multiply(total, factor, field) ^ BigInt(`0x${Buffer.from(crc).toString("hex")}`);
  }
  return Buffer.from(total.toString(16).padStart(Number(field.width / 4n), "0"), "hex");
}

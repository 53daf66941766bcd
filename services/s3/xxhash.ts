import type { IHasher } from "hash-wasm";
import type { Crc } from "./crc.ts";
import type { ChecksumAlgorithm } from "./model.ts";

const NAMES = ["XXHASH3", "XXHASH64", "XXHASH128"] as const;

type XxHashName = (typeof NAMES)[number];

/** One of each: a hash under way is a saved state of it. */
let hashers: Readonly<Record<XxHashName, IHasher>> | undefined;
let loading: Promise<void> | undefined;

const isXxHash = (algorithm: ChecksumAlgorithm | undefined): algorithm is XxHashName =>
  (NAMES as readonly unknown[]).includes(algorithm);

async function load(): Promise<void> {
  const { createXXHash3, createXXHash64, createXXHash128 } = await import("hash-wasm");
  const [XXHASH3, XXHASH64, XXHASH128] = await Promise.all([createXXHash3(), createXXHash64(), createXXHash128()]);
  hashers = { XXHASH3, XXHASH64, XXHASH128 };
}

/** To be awaited before one of them is computed: few ask for them, and they take their time to load. Undefined: nothing is to load. */
export function loadHasher(...algorithms: readonly (ChecksumAlgorithm | undefined)[]): Promise<void> | undefined {
  if (hashers || !algorithms.some(isXxHash)) return undefined;
  return (loading ??= load());
}

const HEADERS = NAMES.map((name) => ({ name, header: `x-amz-checksum-${name.toLowerCase()}` }));

/** The same for the checksum that comes with a document. */
export function loadHasherOf(headers: Readonly<Record<string, string>> | undefined): Promise<void> | undefined {
  if (hashers || !headers) return undefined;
  return loadHasher(HEADERS.find(({ header }) => headers[header] !== undefined)?.name);
}

export class XxHash implements Crc {
  readonly #hasher: IHasher;
  #state: Uint8Array;

  constructor(name: XxHashName) {
    if (!hashers) throw new Error(`${name} is not loaded`);
    this.#hasher = hashers[name];
    this.#state = this.#hasher.init().save();
  }

  update(chunk: Uint8Array): void {
    this.#state = this.#hasher.load(this.#state).update(chunk).save();
  }

  digest(): Buffer {
    return Buffer.from(this.#hasher.load(this.#state).digest("binary"));
  }
}

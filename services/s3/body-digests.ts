import { createHash, type Hash } from "node:crypto";
import type { HashName, HashThreads, ThreadedHash } from "../../emulator/runtime/hash-threads.ts";
import { hasher } from "./checksums.ts";
import type { Crc } from "./crc.ts";
import { FastCrc64, loadFastCrc64 } from "./fast-crc64.ts";
import type { ChecksumAlgorithm } from "./model.ts";

/** Below it, digests take less time than the way to a thread. */
const LARGE_FROM_BYTES = 256 * 1024;

const HASHES: Partial<Record<ChecksumAlgorithm, HashName>> = {
  MD5: "md5",
  SHA1: "sha1",
  SHA256: "sha256",
  SHA512: "sha512",
};

export interface FinishedDigests {
  readonly md5: Buffer;
  /** Base64. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
  /** Hexadecimal digits, where it was asked for. */
  readonly sha256: string | undefined;
}

/**
 * All digests of one body, in one pass over its pieces. Of a large one the hashes, which take as long as all the rest, are computed on a
 * thread, and the CRC that S3 computes unasked as WebAssembly.
 */
export class BodyDigests {
  readonly #threads: HashThreads;
  readonly #algorithms: ReadonlySet<ChecksumAlgorithm>;
  readonly #names: readonly HashName[];
  #crcs: ReadonlyMap<ChecksumAlgorithm, Crc> | undefined;
  #hashes: readonly Hash[] | undefined;
  #threaded: ThreadedHash | undefined;

  constructor(threads: HashThreads, algorithms: ReadonlySet<ChecksumAlgorithm>, withSha256: boolean) {
    this.#threads = threads;
    this.#algorithms = algorithms;
    const hashes = [...algorithms].flatMap((algorithm) => HASHES[algorithm] ?? []);
    this.#names = [...new Set<HashName>(["md5", ...hashes, ...(withSha256 ? ["sha256" as const] : [])])];
  }

  /** See `Witness`. */
  piece(piece: Uint8Array): void | Promise<void> {
    if (this.#crcs) return this.#update(piece);
    // a piece that is small is the last one
    if (piece.byteLength >= LARGE_FROM_BYTES) return this.#startLarge(piece);
    this.#start();
    return this.#update(piece);
  }

  #start(make: (algorithm: ChecksumAlgorithm) => Crc = hasher): void {
    const crcs = [...this.#algorithms].filter((algorithm) => HASHES[algorithm] === undefined);
    this.#crcs = new Map(crcs.map((algorithm) => [algorithm, make(algorithm)]));
    if (!this.#threaded) this.#hashes = this.#names.map((name) => createHash(name));
  }

  async #startLarge(piece: Uint8Array): Promise<void> {
    const isFast = this.#algorithms.has("CRC64NVME");
    if (isFast) await loadFastCrc64();
    this.#threaded = this.#threads.start(this.#names);
    this.#start((algorithm) => (algorithm === "CRC64NVME" ? new FastCrc64() : hasher(algorithm)));
    await this.#update(piece);
  }

  #update(piece: Uint8Array): void | Promise<void> {
    const threaded = this.#threaded?.update(piece);
    for (const crc of this.#crcs?.values() ?? []) crc.update(piece);
    for (const hash of this.#hashes ?? []) hash.update(piece);
    return threaded;
  }

  async finish(): Promise<FinishedDigests> {
    if (!this.#crcs) this.#start();
    const digests = this.#threaded ? await this.#threaded.digest() : (this.#hashes ?? []).map((hash) => hash.digest());
    const hashes = new Map(this.#names.map((name, index) => [name, digests[index] as Buffer]));
    const checksums = [...this.#algorithms].map((algorithm): [ChecksumAlgorithm, string] => {
      const name = HASHES[algorithm];
      const digest = name === undefined ? this.#crcs?.get(algorithm)?.digest() : hashes.get(name);
      return [algorithm, digest?.toString("base64") ?? ""];
    });
    return {
      md5: hashes.get("md5") as Buffer,
      checksums: new Map(checksums),
      sha256: hashes.get("sha256")?.toString("hex"),
    };
  }

  /** Nobody will ask for the digests. */
  drop(): void {
    this.#threaded?.drop();
  }
}

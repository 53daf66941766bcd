import { createHash, type Hash } from "node:crypto";
import type { HashName, HashThreads, ThreadedHash } from "../../emulator/runtime/hash-threads.ts";
import type { Witness } from "./bodies.ts";
import { hasher } from "./checksums.ts";
import type { Crc } from "./crc.ts";
import type { ChecksumAlgorithm } from "./model.ts";

/** Below it, a digest takes less time than the way to a thread. */
const THREAD_FROM_BYTES = 256 * 1024;

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
 * All digests of one body, in one pass: CRCs, which are fast, as its chunks come in; hashes of gathered pieces, on a thread where there is
 * much of it.
 */
export class BodyDigests implements Witness {
  readonly #threads: HashThreads;
  readonly #algorithms: ReadonlySet<ChecksumAlgorithm>;
  readonly #crcs: ReadonlyMap<ChecksumAlgorithm, Crc>;
  readonly #names: readonly HashName[];
  #hashes: readonly Hash[] | undefined;
  #threaded: ThreadedHash | undefined;

  constructor(threads: HashThreads, algorithms: ReadonlySet<ChecksumAlgorithm>, withSha256: boolean) {
    this.#threads = threads;
    this.#algorithms = algorithms;
    const crcs = [...algorithms].filter((algorithm) => HASHES[algorithm] === undefined);
    this.#crcs = new Map(crcs.map((algorithm) => [algorithm, hasher(algorithm)]));
    const hashes = [...algorithms].flatMap((algorithm) => HASHES[algorithm] ?? []);
    this.#names = [...new Set<HashName>(["md5", ...hashes, ...(withSha256 ? ["sha256" as const] : [])])];
  }

  chunk(chunk: Uint8Array): void {
    for (const crc of this.#crcs.values()) crc.update(chunk);
  }

  piece(piece: Uint8Array): void | Promise<void> {
    // a piece that is small is the last one
    if (!this.#hashes && !this.#threaded && piece.byteLength >= THREAD_FROM_BYTES) {
      this.#threaded = this.#threads.start(this.#names);
    }
    if (this.#threaded) return this.#threaded.update(piece);
    this.#hashes ??= this.#names.map((name) => createHash(name));
    for (const hash of this.#hashes) hash.update(piece);
  }

  async finish(): Promise<FinishedDigests> {
    const digests = this.#threaded
      ? await this.#threaded.digest()
      : (this.#hashes ?? this.#names.map((name) => createHash(name))).map((hash) => hash.digest());
    const hashes = new Map(this.#names.map((name, index) => [name, digests[index] as Buffer]));
    const checksums = [...this.#algorithms].map((algorithm): [ChecksumAlgorithm, string] => {
      const name = HASHES[algorithm];
      const digest = name === undefined ? this.#crcs.get(algorithm)?.digest() : hashes.get(name);
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

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme, combineCrcs, type CombinableCrc, type Crc } from "./crc.ts";
import { invalidRequest } from "./errors.ts";
import { XxHash } from "./xxhash.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "./model.ts";

/** What S3 computes of an object when the client asked for nothing. */
export const DEFAULT_ALGORITHM = "CRC64NVME" satisfies ChecksumAlgorithm;

/** Name of the member of inputs and outputs, and size of the digest in bytes. */
const ALGORITHMS = {
  CRC32: { member: "ChecksumCRC32", bytes: 4 },
  CRC32C: { member: "ChecksumCRC32C", bytes: 4 },
  CRC64NVME: { member: "ChecksumCRC64NVME", bytes: 8 },
  MD5: { member: "ChecksumMD5", bytes: 16 },
  SHA1: { member: "ChecksumSHA1", bytes: 20 },
  SHA256: { member: "ChecksumSHA256", bytes: 32 },
  SHA512: { member: "ChecksumSHA512", bytes: 64 },
  XXHASH3: { member: "ChecksumXXHASH3", bytes: 8 },
  XXHASH64: { member: "ChecksumXXHASH64", bytes: 8 },
  XXHASH128: { member: "ChecksumXXHASH128", bytes: 16 },
} as const satisfies Record<ChecksumAlgorithm, { member: string; bytes: number }>;

export type ChecksumMember = (typeof ALGORITHMS)[ChecksumAlgorithm]["member"];
export type ChecksumMembers = { readonly [K in ChecksumMember]?: string };

const NAMES = Object.keys(ALGORITHMS) as ChecksumAlgorithm[];

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** @throws AwsError InvalidRequest */
export function parseAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = NAMES.find((known) => known === name.toUpperCase());
  if (algorithm) return algorithm;
  throw invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: " +
      `[${NAMES.join(", ")}]`,
  );
}

/** Those that have to be loaded before are, see `loadHasher`. */
export function hasher(algorithm: ChecksumAlgorithm): Crc {
  switch (algorithm) {
    case "CRC32":
      return new Crc32();
    case "CRC32C":
      return new Crc32c();
    case "CRC64NVME":
      return new Crc64Nvme();
    case "XXHASH3":
    case "XXHASH64":
    case "XXHASH128":
      return new XxHash(algorithm);
    default:
      return createHash(algorithm.toLowerCase());
  }
}

class Crc32 implements Crc {
  #value = 0;

  update(chunk: Uint8Array): void {
    this.#value = crc32(chunk, this.#value);
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(this.#value);
    return out;
  }
}

/** Whether `value` is the base64 of a digest of the algorithm's size. */
export function isDigest(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === ALGORITHMS[algorithm].bytes && bytes.toString("base64") === value;
}

/** The one checksum among the members of a request. @throws AwsError InvalidRequest */
export function givenChecksum(members: ChecksumMembers): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const given = NAMES.filter((name) => members[ALGORITHMS[name].member] !== undefined);
  if (given.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  const algorithm = given[0];
  if (algorithm === undefined) return undefined;
  return { algorithm, value: members[ALGORITHMS[algorithm].member] as string };
}

/** A checksum as the members of an output. */
export function checksumMembers(checksum: Pick<Checksum, "algorithm" | "value">): ChecksumMembers {
  return { [ALGORITHMS[checksum.algorithm].member]: checksum.value };
}

export const checksumMembersWithType = (checksum: Checksum): ChecksumMembers & { ChecksumType: ChecksumType } => ({
  ...checksumMembers(checksum),
  ChecksumType: checksum.type,
});

const isCombinable = (algorithm: ChecksumAlgorithm): algorithm is CombinableCrc => algorithm.startsWith("CRC");

/** @throws AwsError InvalidRequest when the algorithm cannot make checksums of that type */
export function checksumTypeOf(algorithm: ChecksumAlgorithm, wanted: string | undefined): ChecksumType {
  if (wanted === undefined) return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const fits = wanted === "COMPOSITE" ? algorithm !== "CRC64NVME" : wanted === "FULL_OBJECT" && isCombinable(algorithm);
  if (fits) return wanted as ChecksumType;
  throw invalidRequest(
    `The ${wanted} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/** The checksum of an object that is made of parts, all of which have one of this algorithm. */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly sizeBytes: number }[],
): Checksum {
  const digests = parts.map(({ value, sizeBytes }) => ({ crc: Buffer.from(value, "base64"), sizeBytes }));
  if (type === "FULL_OBJECT" && isCombinable(algorithm)) {
    return { algorithm, type, value: combineCrcs(algorithm, digests).toString("base64") };
  }
  const whole = hasher(algorithm);
  for (const { crc } of digests) whole.update(crc);
  return { algorithm, type: "COMPOSITE", value: `${whole.digest().toString("base64")}-${parts.length}` };
}

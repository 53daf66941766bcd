import { createDecipheriv, createHash, createHmac, type Decipheriv } from "node:crypto";
import { equalSecrets } from "../../emulator/runtime/equal-secrets.ts";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { accessDenied, invalidArgument, invalidEncryptionAlgorithm, invalidRequest } from "./errors.ts";
import type { CustomerKeyProof } from "./model.ts";

/** Members of a request that carries a key of the customer's own. */
export interface CustomerKeyInput {
  readonly SSECustomerAlgorithm?: string;
  /** Base64. */
  readonly SSECustomerKey?: string;
  readonly SSECustomerKeyMD5?: string;
  readonly ServerSideEncryption?: string;
}

/** A key as it came. It is nowhere kept. */
export interface CustomerKey {
  readonly bytes: Buffer;
  readonly md5: string;
}

export const CIPHER = "aes-256-ctr";
const BLOCK_BYTES = 16;
const KEY_BYTES = 32;
/** What all refusals name. */
const ARGUMENT = "x-amz-server-side-encryption";
const REQUESTS = "Requests specifying Server Side Encryption with Customer provided keys must provide";

const invalid = (message: string) => invalidArgument(message, ARGUMENT, undefined);

/** The key of what a request writes. @throws AwsError InvalidArgument, InvalidEncryptionAlgorithmError */
export const readCustomerKey = (input: CustomerKeyInput): CustomerKey | undefined => readKey(input, true);

/** The key of what it reads: one that is no key is just not the right one. @throws AwsError as above */
export const readReadersKey = (input: CustomerKeyInput): CustomerKey | undefined => readKey(input, false);

function readKey(input: CustomerKeyInput, forWriting: boolean): CustomerKey | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input;
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (input.ServerSideEncryption !== undefined) {
    throw invalidArgument(
      "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
      ARGUMENT,
      input.ServerSideEncryption,
    );
  }
  if (algorithm === undefined) throw invalid(`${REQUESTS} a valid encryption algorithm.`);
  if (algorithm !== "AES256") throw invalidEncryptionAlgorithm(algorithm);
  if (key === undefined) throw invalid(`${REQUESTS} an appropriate secret key.`);
  if (md5 === undefined) throw invalid(`${REQUESTS} the client calculated MD5 of the secret key.`);
  const bytes = Buffer.from(key, "base64");
  if (forWriting && bytes.length !== KEY_BYTES) {
    throw invalid("The secret key was invalid for the specified algorithm.");
  }
  if (createHash("md5").update(bytes).digest("base64") !== md5) {
    throw invalid("The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return { bytes, md5 };
}

export interface CopySourceKeyInput {
  readonly CopySourceSSECustomerAlgorithm?: string;
  readonly CopySourceSSECustomerKey?: string;
  readonly CopySourceSSECustomerKeyMD5?: string;
}

/** The key of a copy's source. @throws AwsError */
export const readSourceKey = (input: CopySourceKeyInput): CustomerKey | undefined =>
  readReadersKey({
    ...(input.CopySourceSSECustomerAlgorithm !== undefined && {
      SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
    }),
    ...(input.CopySourceSSECustomerKey !== undefined && { SSECustomerKey: input.CopySourceSSECustomerKey }),
    ...(input.CopySourceSSECustomerKeyMD5 !== undefined && { SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5 }),
  });

const macOf = (salt: string, { bytes }: CustomerKey): string => createHmac("sha256", salt).update(bytes).digest("hex");

/** What is kept of a key, to know it again. */
export function proofOf(ids: Ids, key: CustomerKey | undefined): { customerKey?: CustomerKeyProof } {
  if (!key) return {};
  const salt = ids.hex(32);
  return { customerKey: { salt, mac: macOf(salt, key), md5: key.md5 } };
}

const isKeyOf = ({ salt, mac }: CustomerKeyProof, key: CustomerKey): boolean => equalSecrets(mac, macOf(salt, key));

interface Sealed {
  readonly customerKey?: CustomerKeyProof;
}

/** An object is read with the key that it was written with. @throws AwsError InvalidRequest, AccessDenied */
export function checkObjectKey({ customerKey }: Sealed, key: CustomerKey | undefined): void {
  if (!customerKey && key) throw invalidRequest("The encryption parameters are not applicable to this object.");
  if (!customerKey) return;
  if (!key) {
    throw invalidRequest(
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to " +
        "retrieve the object.",
    );
  }
  if (!isKeyOf(customerKey, key)) throw accessDenied(`${REQUESTS} the correct secret key.`);
}

/** All parts of an upload have the key that it was begun with. @throws AwsError InvalidRequest */
export function checkUploadKey({ customerKey }: Sealed, key: CustomerKey | undefined): void {
  // also of a key where the upload has none
  if ((customerKey === undefined) !== (key === undefined)) {
    throw invalidRequest(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate " +
        "encryption parameters.",
    );
  }
  if (customerKey && key && !isKeyOf(customerKey, key)) {
    throw invalidRequest("The provided encryption parameters did not match the ones used originally.");
  }
}

/** From a byte of a body that was sealed in counter mode: the counter goes on with every block. */
export function decipherFrom(key: Uint8Array, iv: string, start: number): Decipheriv {
  const counter = (BigInt(`0x${iv}`) + BigInt(Math.floor(start / BLOCK_BYTES))) & ((1n << 128n) - 1n);
  const decipher = createDecipheriv(CIPHER, key, Buffer.from(counter.toString(16).padStart(32, "0"), "hex"));
  decipher.update(Buffer.alloc(start % BLOCK_BYTES));
  return decipher;
}

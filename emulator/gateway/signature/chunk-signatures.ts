import { createHash, type Hash } from "node:crypto";
import type { AwsError } from "../../model/errors.ts";
import type { ChunkVerifier } from "../../protocol/aws-chunked.ts";
import { equalSecrets } from "../../runtime/equal-secrets.ts";
import { ALGORITHM, scopeText, sha256Hex, sign, type CredentialScope } from "./canonical-request.ts";

const EMPTY = sha256Hex("");

type MismatchOf = (found: { readonly provided: string; readonly stringToSign: string }) => AwsError;

/**
 * The signatures of the chunks of a body, each over the one before it; the first is over that of the request.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class ChunkSignatures implements ChunkVerifier {
  readonly #key: Buffer;
  readonly #prefix: string;
  readonly #mismatch: MismatchOf;
  #previous: string;
  #hash: Hash = createHash("sha256");

  constructor(
    key: Buffer,
    scope: CredentialScope,
    { dateTime, provided }: { readonly dateTime: string; readonly provided: string },
    mismatch: MismatchOf,
  ) {
    this.#key = key;
    this.#prefix = `${dateTime}\n${scopeText(scope)}`;
    this.#mismatch = mismatch;
    this.#previous = provided;
  }

  update(piece: Uint8Array): void {
    this.#hash.update(piece);
  }

  endChunk(extension: string): void {
    const provided = /^;chunk-signature=([0-9a-f]*)/i.exec(extension)?.[1] ?? "";
    this.#check("PAYLOAD", `${EMPTY}\n${this.#hash.digest("hex")}`, provided);
    this.#hash = createHash("sha256");
  }

  endTrailers(trailers: readonly (readonly [name: string, value: string])[]): void {
    const provided = trailers.find(([name]) => name === "x-amz-trailer-signature")?.[1];
    const signed = trailers.filter(([name]) => name !== "x-amz-trailer-signature");
    if (provided === undefined && signed.length === 0) return;
    const text = signed.map(([name, value]) => `${name}:${value}\n`).join("");
    this.#check("TRAILER", sha256Hex(text), provided ?? "");
  }

  /** @throws AwsError SignatureDoesNotMatch */
  #check(what: "PAYLOAD" | "TRAILER", hashes: string, provided: string): void {
    const stringToSign = `${ALGORITHM}-${what}\n${this.#prefix}\n${this.#previous}\n${hashes}`;
    const expected = sign(this.#key, stringToSign);
    if (!equalSecrets(expected, provided)) throw this.#mismatch({ provided, stringToSign });
    this.#previous = expected;
  }
}

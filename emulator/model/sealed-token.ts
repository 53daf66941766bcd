import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Ids } from "../runtime/ids.ts";
import type { Table } from "../storage/storage.ts";

/**
 * Opaque tokens (shard iterators, NextTokens): sealed with a key of the store's own, so that a client can neither read nor
 * forge one, and bound to their kind, so that one is not taken for another. Whose store that is stands before it in the open.
 */

const VERSION = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
const ACCOUNT_BYTES = 6;
const ACCOUNT_DIGITS = 12;
const HEAD_BYTES = VERSION.length + ACCOUNT_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

function headOf(account: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  VERSION.copy(head);
  head.writeUIntBE(Number(account), VERSION.length, ACCOUNT_BYTES);
  return head;
}

/** The account whose token it says that it is; undefined for what is no token. Only that account's store can open it. */
export function accountOfToken(token: string): string | undefined {
  // of the text no more than has the head: iterators are looked at with every read
  const head = Buffer.from(token.slice(0, Math.ceil(HEAD_BYTES / 3) * 4), "base64");
  if (head.length < HEAD_BYTES || !head.subarray(0, VERSION.length).equals(VERSION)) return undefined;
  const account = String(head.readUIntBE(VERSION.length, ACCOUNT_BYTES)).padStart(ACCOUNT_DIGITS, "0");
  return account.length === ACCOUNT_DIGITS ? account : undefined;
}

function seal(kind: string, content: readonly unknown[], key: Uint8Array, head: Buffer, ids: Ids): string {
  const nonce = Buffer.from(ids.hex(NONCE_BYTES * 2), "hex");
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(kind));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

function open(kind: string, token: string, key: Uint8Array, head: Buffer): unknown[] | undefined {
  const bytes = Buffer.from(token, "base64");
  const contentAt = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;
  if (bytes.length <= contentAt || bytes.toString("base64") !== token) return undefined;
  if (!bytes.subarray(0, HEAD_BYTES).equals(head)) return undefined;
  const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(kind))
    .setAuthTag(bytes.subarray(HEAD_BYTES + NONCE_BYTES, contentAt));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(contentAt)), decipher.final()]).toString("utf8");
    return JSON.parse(text) as unknown[];
  } catch {
    return undefined;
  }
}

/** The tokens of one store: its key is kept in `meta`, so that they outlive a restart. */
export class SealedTokens<Kind extends string> {
  readonly #ids: Ids;
  readonly #key: Uint8Array;
  readonly #head: Buffer;
  #opened: { kind?: Kind; token?: string; content?: readonly unknown[] | undefined } = {};

  constructor(ids: Ids, meta: Table<string | number>, scope: readonly [account: string, region: string]) {
    this.#ids = ids;
    const place = [...scope, "token-key"];
    let secret = meta.get(place) as string | undefined;
    if (secret === undefined) meta.put(place, (secret = ids.hex(64)));
    this.#key = Buffer.from(secret, "hex");
    this.#head = headOf(scope[0]);
  }

  seal(kind: Kind, content: readonly unknown[]): string {
    return seal(kind, content, this.#key, this.#head, this.#ids);
  }

  /** @returns undefined when the token was not sealed here, is of another kind, or was changed */
  open(kind: Kind, token: string): readonly unknown[] | undefined {
    // a call opens its token twice: to know what it needs to be allowed, and to serve it
    if (this.#opened.token !== token || this.#opened.kind !== kind) {
      this.#opened = { kind, token, content: open(kind, token, this.#key, this.#head) };
    }
    return this.#opened.content;
  }
}

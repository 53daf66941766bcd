import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Ids } from "../runtime/ids.ts";
import type { KeyPart, Table } from "../storage/storage.ts";

/**
 * Opaque tokens (shard iterators, NextTokens): sealed with a key of the store's own, so that a client can neither read nor
 * forge one, and bound to their kind, so that one is not taken for another.
 */

const VERSION = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

function seal(kind: string, content: readonly unknown[], key: Uint8Array, ids: Ids): string {
  const nonce = Buffer.from(ids.hex(NONCE_BYTES * 2), "hex");
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(kind));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final()]);
  return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

function open(kind: string, token: string, key: Uint8Array): unknown[] | undefined {
  const bytes = Buffer.from(token, "base64");
  const contentAt = VERSION.length + NONCE_BYTES + TAG_BYTES;
  if (bytes.length <= contentAt || bytes.toString("base64") !== token) return undefined;
  if (!bytes.subarray(0, VERSION.length).equals(VERSION)) return undefined;
  const nonce = bytes.subarray(VERSION.length, VERSION.length + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(kind))
    .setAuthTag(bytes.subarray(VERSION.length + NONCE_BYTES, contentAt));
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
  #opened: { kind?: Kind; token?: string; content?: readonly unknown[] | undefined } = {};

  constructor(ids: Ids, meta: Table<string | number>, scope: readonly KeyPart[]) {
    this.#ids = ids;
    const place = [...scope, "token-key"];
    let secret = meta.get(place) as string | undefined;
    if (secret === undefined) meta.put(place, (secret = ids.hex(64)));
    this.#key = Buffer.from(secret, "hex");
  }

  seal(kind: Kind, content: readonly unknown[]): string {
    return seal(kind, content, this.#key, this.#ids);
  }

  /** @returns undefined when the token was not sealed here, is of another kind, or was changed */
  open(kind: Kind, token: string): readonly unknown[] | undefined {
    // a call opens its token twice: to know what it needs to be allowed, and to serve it
    if (this.#opened.token !== token || this.#opened.kind !== kind) {
      this.#opened = { kind, token, content: open(kind, token, this.#key) };
    }
    return this.#opened.content;
  }
}

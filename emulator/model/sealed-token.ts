import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Ids } from "../runtime/ids.ts";

/**
 * Opaque tokens (shard iterators, NextTokens): sealed with a key of the store's own, so that a client can neither read nor
 * forge one, and bound to their kind, so that one is not taken for another.
 */

const VERSION = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

export function seal(kind: string, content: readonly unknown[], key: Uint8Array, ids: Ids): string {
  const nonce = Buffer.from(ids.hex(NONCE_BYTES * 2), "hex");
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(kind));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), "utf8"), cipher.final()]);
  return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** @returns undefined when the token is not one of ours, of this kind, unchanged */
export function open(kind: string, token: string, key: Uint8Array): unknown[] | undefined {
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

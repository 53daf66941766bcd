import type { Ids } from "../../emulator/runtime/ids.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id as API Gateway makes them: 10 lower-case letters and digits, 6 for what lies within an API. */
export const newId = (ids: Ids, length: 6 | 10 = 10): string =>
  Array.from({ length }, () => ALPHABET[ids.integer(ALPHABET.length)]).join("");

const KEY_ALPHABET = `${ALPHABET}${ALPHABET.slice(0, 26).toUpperCase()}`;

/** The value of an API key that its creator gave none: 40 letters and digits. */
export const newKeyValue = (ids: Ids): string =>
  Array.from({ length: 40 }, () => KEY_ALPHABET[ids.integer(KEY_ALPHABET.length)]).join("");

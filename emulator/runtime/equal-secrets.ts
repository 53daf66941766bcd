import { timingSafeEqual } from "node:crypto";

/** Whether a secret is the one that was given. Takes as long whatever the first difference is. */
export function equalSecrets(expected: string | Buffer, provided: string | Buffer): boolean {
  const [a, b] = [bytesOf(expected), bytesOf(provided)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const bytesOf = (secret: string | Buffer): Buffer => (typeof secret === "string" ? Buffer.from(secret) : secret);

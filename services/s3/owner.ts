import { createHash } from "node:crypto";

/** What AWS calls whoever wrote an object without a signature. */
export const ANONYMOUS_OWNER = "anonymous";
const ANONYMOUS_ID = "65a011a29cdf8ec533ec3d1ccaae921c";

/** The canonical user of an account: 64 hexadecimal digits, always the same ones. */
export const canonicalUser = (account: string): { ID: string } => ({
  ID:
    account === ANONYMOUS_OWNER
      ? ANONYMOUS_ID
      : createHash("sha256").update(`canonical user of ${account}`).digest("hex"),
});

import { createHash } from "node:crypto";

/** The canonical user of an account: 64 hexadecimal digits, always the same ones. */
export const canonicalUser = (account: string): { ID: string } => ({
  ID: createHash("sha256").update(`canonical user of ${account}`).digest("hex"),
});

import type { Principal } from "./context.ts";

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly expiration: number;
}

/** Why a key is no one's: it was not issued, the token is not its token (or missing), or its time is over. */
export type CredentialProblem = "unknown" | "wrong-token" | "expired";

/** Which signatures are held against the secret of their key: those of every request, of presigned URLs and forms, or none. */
export type Verified = "all" | "presigned" | "none";

/** Access keys that the emulator issued. Kept in storage, so that a function's credentials outlive a restart. */
export interface Credentials {
  issue(principal: Principal, durationSeconds: number): TemporaryCredentials;
  readonly verified: Verified;
  /** What requests with that access key are signed by; undefined: it is nobody's. */
  secretOf(accessKeyId: string): string | undefined;
  /** Services differ in how they word the problem. */
  resolve(accessKeyId: string, sessionToken: string | undefined): Principal | CredentialProblem;
}

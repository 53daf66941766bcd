import type { Principal } from "./context.ts";

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly expiration: number;
}

/** Access keys that the emulator issued. Kept in storage, so that a function's credentials outlive a restart. */
export interface Credentials {
  issue(principal: Principal, durationSeconds: number): TemporaryCredentials;
  /** @throws AwsError InvalidClientTokenId, ExpiredToken */
  resolve(accessKeyId: string, sessionToken: string | undefined): Principal;
}

import type { Principal } from "../model/context.ts";
import type { CredentialProblem, Credentials, TemporaryCredentials, Verified } from "../model/credentials.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { Storage, Table } from "../storage/storage.ts";

interface Issued extends TemporaryCredentials {
  readonly principal: Principal;
}

/** Whose signatures are verified, and by what. */
export interface AuthSettings {
  readonly verified: Verified;
  /** Secrets by access key, beside that of `test`. */
  readonly accessKeys: Readonly<Record<string, string>>;
}

/** Of the access key `test`, and of every one that nobody said another of. */
const DEFAULT_SECRET = "test";

/** How long a key is remembered after its end, so that its use is told from that of a key that never was. */
const REMEMBER_MS = 24 * 3600 * 1000;

/** Temporary access keys, kept in storage. */
export class StoredCredentials implements Credentials {
  readonly #table: Table<Issued>;
  readonly #clock: Clock;
  readonly #ids: Ids;

  readonly verified: Verified;
  readonly #secrets: ReadonlyMap<string, string>;

  constructor(storage: Storage, clock: Clock, ids: Ids, { verified, accessKeys }: AuthSettings) {
    this.verified = verified;
    this.#secrets = new Map(Object.entries({ test: DEFAULT_SECRET, ...accessKeys }));
    this.#table = storage.table<Issued>("emulator/credentials");
    this.#clock = clock;
    this.#ids = ids;
    for (const { key, value } of [...this.#table.range()]) {
      if (value.expiration + REMEMBER_MS < clock.now()) this.#table.remove(key);
    }
  }

  issue(principal: Principal, durationSeconds: number): TemporaryCredentials {
    const credentials = {
      accessKeyId: `ASIA${this.#ids.base32(16)}`,
      secretAccessKey: this.#ids.hex(40),
      sessionToken: Buffer.from(this.#ids.hex(128), "hex").toString("base64"),
      expiration: this.#clock.now() + durationSeconds * 1000,
    };
    this.#table.put([credentials.accessKeyId], { ...credentials, principal });
    return credentials;
  }

  secretOf(accessKeyId: string): string | undefined {
    const issued = this.#table.get([accessKeyId])?.secretAccessKey ?? this.#secrets.get(accessKeyId);
    if (issued !== undefined) return issued;
    // any key is its account's root where requests are not verified; so are those of 12 digits, which name their account
    return this.verified !== "all" || /^\d{12}$/.test(accessKeyId) ? DEFAULT_SECRET : undefined;
  }

  resolve(accessKeyId: string, sessionToken: string | undefined): Principal | CredentialProblem {
    const issued = this.#table.get([accessKeyId]);
    if (!issued) return "unknown";
    if (issued.sessionToken !== sessionToken) return "wrong-token";
    return issued.expiration <= this.#clock.now() ? "expired" : issued.principal;
  }
}

import type { Principal } from "../model/context.ts";
import type { CredentialProblem, Credentials, TemporaryCredentials } from "../model/credentials.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { Storage, Table } from "../storage/storage.ts";

interface Issued extends TemporaryCredentials {
  readonly principal: Principal;
}

/** How long a key is remembered after its end, so that its use is told from that of a key that never was. */
const REMEMBER_MS = 24 * 3600 * 1000;

/** Temporary access keys, kept in storage. */
export class StoredCredentials implements Credentials {
  readonly #table: Table<Issued>;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(storage: Storage, clock: Clock, ids: Ids) {
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

  resolve(accessKeyId: string, sessionToken: string | undefined): Principal | CredentialProblem {
    const issued = this.#table.get([accessKeyId]);
    if (!issued) return "unknown";
    if (issued.sessionToken !== sessionToken) return "wrong-token";
    return issued.expiration <= this.#clock.now() ? "expired" : issued.principal;
  }
}

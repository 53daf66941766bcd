import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { storeOf } from "./stores.ts";

/** What DynamoDB does by itself: after a restart it goes on with what each account and region has begun. */
export class DynamoDbEngine implements Engine {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    for (const scope of this.#scopes()) storeOf(this.#host, scope);
  }

  /** Where there are tables, or backups of tables that are gone. */
  #scopes(): { account: string; region: string }[] {
    const scopes = new Map<string, { account: string; region: string }>();
    for (const name of ["dynamodb/tables", "dynamodb/backups"]) {
      for (const [account, region] of this.#host.storage.table(name).keys()) {
        scopes.set(`${String(account)} ${String(region)}`, { account: String(account), region: String(region) });
      }
    }
    return [...scopes.values()];
  }
}

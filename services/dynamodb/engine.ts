import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import type { ExportJob, ImportJob } from "./export/model.ts";
import { runExport, type JobScope } from "./export/run-export.ts";
import { runImport } from "./export/run-import.ts";
import type { DynamoDbStore } from "./store.ts";
import { upgradeStoredKeys } from "./stored-keys.ts";
import { openStores, storeOf } from "./stores.ts";

/** Where there may be something to go on with. */
const TABLES = [
  "dynamodb/tables",
  "dynamodb/backups",
  "dynamodb/exports",
  "dynamodb/imports",
  "dynamodb/kinesis-outbox",
];

/** What DynamoDB does by itself: exports and imports, and after a restart whatever each account and region has begun. */
export class DynamoDbEngine implements Engine {
  readonly #host: Host;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(host: Host) {
    this.#host = host;
    upgradeStoredKeys(host.storage); // before anybody reads them: engines are started one after the other
    host.contributions.keep((scope) => storeOf(host, scope).insights.rules());
  }

  start(): void {
    for (const scope of this.#scopes()) {
      const store = storeOf(this.#host, scope);
      for (const job of store.exports.unfinished()) this.export(store, job);
      for (const job of store.imports.unfinished()) this.import(store, job);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#running, ...[...openStores(this.#host)].map(({ kinesis }) => kinesis.stop())]);
  }

  export(store: DynamoDbStore, job: ExportJob): void {
    this.#run(store, (scope) => runExport(scope, job));
  }

  import(store: DynamoDbStore, job: ImportJob): void {
    this.#run(store, (scope) => runImport(scope, job));
  }

  #run(store: DynamoDbStore, work: (scope: JobScope) => Promise<void>): void {
    const scope: JobScope = { host: this.#host, store, signal: this.#stopping.signal };
    // when the request that asks for it has been answered
    const running: Promise<void> = nextTurn()
      .then(() => (scope.signal.aborted ? undefined : work(scope)))
      .catch((error: unknown) => this.#host.log.error("an export or import of a table cannot be ended", { error }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #scopes(): { account: string; region: string }[] {
    const scopes = new Map<string, { account: string; region: string }>();
    for (const name of TABLES) {
      for (const [account, region] of this.#host.storage.table(name).keys()) {
        scopes.set(`${String(account)} ${String(region)}`, { account: String(account), region: String(region) });
      }
    }
    return [...scopes.values()];
  }
}

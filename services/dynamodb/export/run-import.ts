import { AwsError } from "../../../emulator/model/errors.ts";
import type { Item } from "../attribute-value.ts";
import { CollectionGrowth } from "../collection-growth.ts";
import { collectionTooLarge } from "../errors.ts";
import { hasCollections } from "../item-collections.ts";
import { itemKey } from "../item-keys.ts";
import { sized, type SizedItem } from "../item-store.ts";
import { checkItem } from "../key-checks.ts";
import type { Table } from "../model.ts";
import { checkNewTable, newTable } from "../new-table.ts";
import { checkPutSize } from "../write-item.ts";
import { failureOf } from "./failure.ts";
import { ImportLog } from "./import-log.ts";
import type { ImportCounts, ImportJob } from "./model.ts";
import type { JobScope } from "./run-export.ts";
import { itemsOf } from "./source-items.ts";
import { sourceObjects, type SourceObject } from "./source-objects.ts";

/** Items that one transaction puts. */
const ITEMS_AT_ONCE = 500;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
const NO_COUNTS: ImportCounts = { processedBytes: 0, processedItems: 0, importedItems: 0, errors: 0 };

const INVALID_ITEMS = {
  code: "ItemValidationError",
  message:
    "Some of the items failed validation checks and were not imported. Please check CloudWatch error logs for more details.",
};

/** Carries an import out, from its beginning: one that a stop has interrupted puts the same items again. */
export async function runImport(scope: JobScope, job: ImportJob): Promise<void> {
  const { store, host, signal } = scope;
  let counts = NO_COUNTS;
  let ended: Pick<ImportJob, "status" | "failure">;
  try {
    const { account, region } = store;
    const call = host.callAs({ account, region, principal: job.principal, via: "dynamodb.amazonaws.com" });
    const objects = await sourceObjects(call, job.input);
    const table = makeTable(scope, job);
    if (table === undefined) {
      const failure = { code: "TableAlreadyExists", message: `Table already exists: ${job.tableName}` };
      ended = { status: "FAILED", failure };
    } else {
      const load = new Load(scope, job, table.name, new ImportLog(host, call, job));
      for (const object of objects) await load.object(object);
      counts = await load.end();
      open(scope, table.name);
      ended = counts.errors === 0 ? { status: "COMPLETED" } : { status: "FAILED", failure: INVALID_ITEMS };
    }
  } catch (error) {
    if (signal.aborted) return;
    ended = { status: "FAILED", failure: failureOf(error) };
    if (ended.failure?.code === "UNKNOWN") host.log.error("an import of a table failed", { importArn: job.arn, error });
    if (isFilling(store.findTable(job.tableName), job)) open(scope, job.tableName);
  }
  store.imports.put({ ...job, ...ended, counts, endedAt: host.clock.now() });
}

const isFilling = (table: Table | undefined, { arn }: ImportJob): boolean =>
  table?.filling?.kind === "import" && table.filling.importArn === arn;

/** @returns undefined when there is one of that name, unless this import has made it before it was interrupted */
function makeTable({ store, host }: JobScope, job: ImportJob): Table | undefined {
  const there = store.findTable(job.tableName);
  if (there !== undefined) return isFilling(there, job) ? there : undefined;
  const { account, region } = store;
  const checked = checkNewTable({ account, region }, job.input.TableCreationParameters);
  return store.write((): Table => {
    const created = newTable(
      { account, region, store, ids: host.ids, clock: host.clock },
      checked,
      job.input.TableCreationParameters,
    );
    const table: Table = { ...created, id: job.tableId, filling: { kind: "import", importArn: job.arn } };
    store.putTable(table);
    return table;
  });
}

/** The table has what there is for it. */
function open({ store }: JobScope, name: string): void {
  const table = store.findTable(name);
  if (table === undefined) return;
  const { filling: _filled, ...filled } = table;
  store.putTable(filled);
  store.lifecycle.settle(name);
}

/** Puts the items of objects into a table, many in one transaction. */
class Load {
  readonly #scope: JobScope;
  readonly #job: ImportJob;
  readonly #tableName: string;
  readonly #log: ImportLog;
  readonly #counts = { ...NO_COUNTS };
  #waiting: SizedItem[] = [];
  #waitingBytes = 0;
  #growth: CollectionGrowth;

  constructor(scope: JobScope, job: ImportJob, tableName: string, log: ImportLog) {
    this.#scope = scope;
    this.#job = job;
    this.#tableName = tableName;
    this.#log = log;
    this.#growth = new CollectionGrowth(scope.store.items);
  }

  async object({ key, content }: SourceObject): Promise<void> {
    let index = 0;
    for await (const found of itemsOf(this.#counted(await content()), this.#table(), this.#job.input)) {
      this.#scope.signal.throwIfAborted();
      this.#counts.processedItems++;
      const error = "error" in found ? found.error : this.#take(found.item);
      if (error !== undefined) {
        this.#counts.errors++;
        await this.#log.add(key, index, error);
      }
      if ("error" in found && found.isLast) break;
      index++;
    }
  }

  async end(): Promise<ImportCounts> {
    this.#put();
    await this.#log.flush();
    return this.#counts;
  }

  async *#counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      this.#counts.processedBytes += chunk.byteLength;
      yield chunk;
    }
  }

  #table(): Table {
    const table = this.#scope.store.findTable(this.#tableName);
    if (table === undefined) throw new Error(`the table ${this.#tableName} of an import is gone`);
    return table;
  }

  /** @returns why the item cannot be taken */
  #take(item: Item): string | undefined {
    try {
      const next = sized(item);
      checkPutSize(next);
      const table = this.#table();
      checkItem(table, item);
      this.#checkRoom(table, next);
      this.#waiting.push(next);
      this.#waitingBytes += next.sizeBytes;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return error.message;
    }
    if (this.#waiting.length >= ITEMS_AT_ONCE || this.#waitingBytes >= BYTES_AT_ONCE) this.#put();
    return undefined;
  }

  /** Beside those that wait. */
  #checkRoom(table: Table, next: SizedItem): void {
    if (!hasCollections(table)) return;
    const key = itemKey(table, next.item);
    const old = this.#scope.store.items.get(key);
    if (!this.#growth.hasRoom(table, key, { old, next })) throw collectionTooLarge();
  }

  #put(): void {
    const { store } = this.#scope;
    const items = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#growth = new CollectionGrowth(store.items);
    store.write(() => {
      const table = this.#table();
      for (const next of items) {
        const key = itemKey(table, next.item);
        store.items.replace(table, key, store.items.get(key), next);
      }
    });
    this.#counts.importedItems += items.length;
  }
}

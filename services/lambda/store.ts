import type { Blobs } from "../../emulator/storage/blobs.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { MappingStore } from "./event-source-mapping/store.ts";
import {
  LATEST,
  type Alias,
  type EventInvokeConfig,
  type FunctionEntry,
  type FunctionVersion,
  type Policy,
  type Scope,
} from "./model.ts";

/** What is kept under one function name: versions order by number, `$LATEST` first. */
const versionNumber = (version: string): number => (version === LATEST ? 0 : Number(version));

/** A page of names: `next` is where the following page begins. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

/** Functions of one account and region. */
export class LambdaStore {
  readonly scope: Scope;
  readonly #storage: Storage;
  readonly #entries: Table<FunctionEntry>;
  readonly #versions: Table<FunctionVersion>;
  readonly #aliases: Table<Alias>;
  readonly #policies: Table<Policy>;
  readonly #eventInvokeConfigs: Table<EventInvokeConfig>;
  readonly blobs: Blobs;
  readonly mappings: MappingStore;

  constructor(host: { storage: Storage }, scope: Scope) {
    this.scope = scope;
    this.#storage = host.storage;
    this.#entries = host.storage.table("lambda/functions");
    this.#versions = host.storage.table("lambda/versions");
    this.#aliases = host.storage.table("lambda/aliases");
    this.#policies = host.storage.table("lambda/policies");
    this.#eventInvokeConfigs = host.storage.table("lambda/event-invoke-configs");
    this.blobs = host.storage.blobs.folder("lambda");
    this.mappings = new MappingStore(host.storage);
  }

  #key(...rest: (string | number)[]): (string | number)[] {
    return [this.scope.account, this.scope.region, ...rest];
  }

  /** Runs several changes as one. */
  transaction<T>(work: () => T): T {
    return this.#storage.write(work);
  }

  entry(name: string): FunctionEntry | undefined {
    return this.#entries.get(this.#key(name));
  }

  putEntry(name: string, entry: FunctionEntry): void {
    this.#entries.put(this.#key(name), entry);
  }

  version(name: string, version: string = LATEST): FunctionVersion | undefined {
    return this.#versions.get(this.#key(name, versionNumber(version)));
  }

  putVersion(version: FunctionVersion): void {
    this.#versions.put(this.#key(version.name, versionNumber(version.version)), version);
  }

  removeVersion(name: string, version: string): void {
    this.#versions.remove(this.#key(name, versionNumber(version)));
    this.#policies.remove(this.#key(name, version));
    this.#eventInvokeConfigs.remove(this.#key(name, version));
  }

  /** Versions of a function from number `from`, in order; `$LATEST` is number 0. */
  versions(name: string, from = 0, limit = 10_000): FunctionVersion[] {
    const range = this.#versions.range({
      start: this.#key(name, from),
      end: this.#key(name, Number.MAX_SAFE_INTEGER),
      limit,
    });
    return [...range].map(({ value }) => value);
  }

  /** Names of functions in order, from `from` on. */
  *names(from = ""): Generator<string> {
    for (const key of this.#entries.keys({ start: this.#key(from), end: this.#key("\u{10ffff}") }))
      yield String(key[2]);
  }

  /** Removes a function and everything that it has. */
  removeFunction(name: string): void {
    this.transaction(() => {
      for (const table of [this.#entries, this.#versions, this.#aliases, this.#policies, this.#eventInvokeConfigs]) {
        table.clear(this.#key(name));
      }
    });
  }

  alias(name: string, alias: string): Alias | undefined {
    return this.#aliases.get(this.#key(name, alias));
  }

  putAlias(name: string, alias: Alias): void {
    this.#aliases.put(this.#key(name, alias.name), alias);
  }

  removeAlias(name: string, alias: string): void {
    this.transaction(() => {
      this.#aliases.remove(this.#key(name, alias));
      this.#policies.remove(this.#key(name, alias));
      this.#eventInvokeConfigs.remove(this.#key(name, alias));
    });
  }

  /** Aliases of a function in order of their names, from `from` on. */
  aliases(name: string, from = "", limit = 10_000): Alias[] {
    return [...this.#aliases.range({ start: this.#key(name, from), end: this.#key(name, "\u{10ffff}"), limit })].map(
      ({ value }) => value,
    );
  }

  /** The resource policy of a function, or of a version or alias. */
  policy(name: string, qualifier = ""): Policy | undefined {
    return this.#policies.get(this.#key(name, qualifier));
  }

  putPolicy(name: string, qualifier: string | undefined, policy: Policy): void {
    const key = this.#key(name, qualifier ?? "");
    if (policy.statements.length === 0) this.#policies.remove(key);
    else this.#policies.put(key, policy);
  }

  /** What is set for asynchronous invocations of `$LATEST`, a version or an alias. */
  eventInvokeConfig(name: string, qualifier: string): EventInvokeConfig | undefined {
    return this.#eventInvokeConfigs.get(this.#key(name, qualifier));
  }

  putEventInvokeConfig(name: string, qualifier: string, config: EventInvokeConfig): void {
    this.#eventInvokeConfigs.put(this.#key(name, qualifier), config);
  }

  removeEventInvokeConfig(name: string, qualifier: string): void {
    this.#eventInvokeConfigs.remove(this.#key(name, qualifier));
  }

  /** Of a function, by qualifier. */
  eventInvokeConfigs(name: string): { readonly qualifier: string; readonly config: EventInvokeConfig }[] {
    return [...this.#eventInvokeConfigs.under(this.#key(name))].map(({ key, value }) => ({
      qualifier: String(key[3]),
      config: value,
    }));
  }

  /** The sum of all reserved concurrency of this account and region, without `except`'s. */
  reservedConcurrency(except?: string): number {
    let sum = 0;
    for (const { key, value } of this.#entries.under(this.#key())) {
      if (key[2] !== except) sum += value.reservedConcurrency ?? 0;
    }
    return sum;
  }

  /** Whether a version of any account still has this blob as its code. */
  isCodeInUse(blob: string): boolean {
    for (const { value } of this.#versions.range()) if (value.code.blob === blob) return true;
    return false;
  }

  /** The code of every version of every account. */
  codeInUse(): ReadonlySet<string> {
    const blobs = new Set<string>();
    for (const { value } of this.#versions.range()) blobs.add(value.code.blob);
    return blobs;
  }

  /** Functions and the bytes of their packages, as GetAccountSettings counts them. */
  usage(): { functions: number; codeBytes: number } {
    let functions = 0;
    let codeBytes = 0;
    for (const { value } of this.#versions.under(this.#key())) {
      if (value.version === LATEST) functions++;
      codeBytes += value.code.sizeBytes;
    }
    return { functions, codeBytes };
  }
}

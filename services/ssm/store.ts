import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Host } from "../../emulator/model/context.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { parameterNotFound } from "./errors.ts";
import type { Found, Parameter, ParameterVersion, Tag } from "./model.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The parameters of one account and region, their versions, and the key that SecureStrings are encrypted with. */
export class SsmStore {
  readonly #scope: readonly [account: string, region: string];
  readonly #storage: Storage;
  readonly #parameters: Table<Parameter>;
  readonly #versions: Table<ParameterVersion>;
  readonly #keys: Table<Uint8Array>;

  constructor(host: Pick<Host, "storage">, { account, region }: { account: string; region: string }) {
    this.#scope = [account, region];
    this.#storage = host.storage;
    this.#parameters = host.storage.table("ssm/parameters");
    this.#versions = host.storage.table("ssm/versions");
    this.#keys = host.storage.table("ssm/keys", { values: "binary" });
  }

  find(name: string): Parameter | undefined {
    return this.#parameters.get([...this.#scope, name]);
  }

  parameter(name: string): Parameter {
    const parameter = this.find(name);
    if (!parameter) throw parameterNotFound();
    return parameter;
  }

  /** The latest version of every parameter, or of those whose names begin so, in the order of the names. */
  *all(prefix = ""): Generator<Found> {
    // names are of characters below "~"
    const range = { start: [...this.#scope, prefix], end: [...this.#scope, `${prefix}~`] };
    for (const { value } of this.#parameters.range(range)) {
      const version = this.version(value.name, value.latest);
      if (version) yield { name: value.name, version, tags: value.tags };
    }
  }

  version(name: string, version: number): ParameterVersion | undefined {
    return this.#versions.get([...this.#scope, name, version]);
  }

  /** From the oldest to the latest. */
  versions(name: string): ParameterVersion[] {
    return [...this.#versions.under([...this.#scope, name])].map(({ value }) => value);
  }

  /** Keeps a new latest version; `drop` is the number of an old one that goes. */
  putVersion(name: string, version: ParameterVersion, tags: readonly Tag[], drop?: number): void {
    this.#storage.write(() => {
      this.#parameters.put([...this.#scope, name], { name, latest: version.version, tags });
      this.#versions.put([...this.#scope, name, version.version], version);
      if (drop !== undefined) this.#versions.remove([...this.#scope, name, drop]);
    });
  }

  /** Keeps versions whose labels have changed. */
  putLabels(name: string, versions: readonly ParameterVersion[]): void {
    this.#storage.write(() => {
      for (const version of versions) this.#versions.put([...this.#scope, name, version.version], version);
    });
  }

  putTags(name: string, tags: readonly Tag[]): void {
    this.#parameters.put([...this.#scope, name], { ...this.parameter(name), tags });
  }

  /** @returns whether there was such a parameter */
  remove(name: string): boolean {
    return this.#storage.write(() => {
      this.#versions.clear([...this.#scope, name]);
      return this.#parameters.remove([...this.#scope, name]);
    });
  }

  encrypt(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key(), iv);
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
  }

  decrypt(encrypted: string): string {
    const bytes = Buffer.from(encrypted, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key(), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  }

  /** What stands for alias/aws/ssm in this account and region. */
  #key(): Uint8Array {
    const kept = this.#keys.get(this.#scope);
    if (kept) return kept;
    const key = randomBytes(32);
    this.#keys.put(this.#scope, key);
    return key;
  }
}

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./command.ts";

/** Settings by their names. */
export type Settings = Readonly<Record<string, string>>;

/** Settings of profiles. */
export type Profiles = Readonly<Record<string, Settings>>;

/** The files of a user of AWS, ~/.aws/config and ~/.aws/credentials, in a folder of their own. */
export class Configuration implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "headwater-aws-"));
  readonly #config = join(this.#folder, "config");
  readonly #credentials = join(this.#folder, "credentials");

  constructor({ config, credentials }: { readonly config: Profiles; readonly credentials: Profiles }) {
    writeFileSync(this.#config, "");
    for (const [name, settings] of Object.entries(config)) this.addProfile(name, settings);
    writeFileSync(this.#credentials, Object.entries(credentials).map(sectionOf).join(""));
  }

  /** What leads AWS's tools to the files. */
  get environment(): Environment {
    return { AWS_CONFIG_FILE: this.#config, AWS_SHARED_CREDENTIALS_FILE: this.#credentials };
  }

  addProfile(name: string, settings: Settings): void {
    appendFileSync(this.#config, sectionOf([`profile ${name}`, settings]));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

const sectionOf = ([name, settings]: readonly [string, Settings]): string =>
  [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), "", ""].join("\n");

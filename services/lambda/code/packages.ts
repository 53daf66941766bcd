import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import type { Host } from "../../../emulator/model/context.ts";
import type { Downloads } from "../../../emulator/runtime/downloads.ts";
import type { Blobs } from "../../../emulator/storage/blobs.ts";
import type { CodePackage } from "../model.ts";
import { extract } from "./extract.ts";

const BLOBS = "lambda";
const URL_LIFE_MS = 10 * 60 * 1000;

/**
 * Deployment packages: the zip's bytes are a blob, its files are a folder beside it that is made again when it is lost.
 * The folders lie so that Node finds nothing of the project around the data directory: a package.json above them ends
 * its search for a module type, and the AWS SDK of Lambda's own runtime is the only package above them.
 */
export class Packages {
  readonly #blobs: Blobs;
  readonly #folder: string;
  readonly #downloads: Downloads;
  readonly #making = new Map<string, Promise<string>>();

  constructor(host: Host) {
    this.#blobs = host.storage.blobs.folder(BLOBS);
    this.#downloads = host.downloads;
    this.#folder = join(host.storage.directory, "lambda", "code");
  }

  /** Keeps a zip and unpacks it. @throws InvalidParameterValueException when it is not one that Lambda takes */
  async add(bytes: Uint8Array): Promise<CodePackage> {
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    const part = await this.#unpack(bytes);
    const { id, sizeBytes } = await this.#blobs.write(oneChunk(bytes));
    renameSync(part, join(this.#folder, id));
    return { blob: id, sha256, sizeBytes };
  }

  /** The folder with a package's files. */
  async folder(blob: string): Promise<string> {
    const folder = join(this.#folder, blob);
    if (existsSync(folder)) return folder;
    const making =
      this.#making.get(blob) ??
      (async () => {
        const part = await this.#unpack(readFileSync(this.#blobs.path(blob)));
        renameSync(part, folder);
        return folder;
      })().finally(() => this.#making.delete(blob));
    this.#making.set(blob, making);
    return making;
  }

  /** Where the zip can be fetched from now on, for ten minutes. */
  url(endpoint: string, blob: string): string {
    return this.#downloads.url(endpoint, BLOBS, blob, URL_LIFE_MS);
  }

  remove(blob: string): void {
    this.#blobs.remove(blob);
    rmSync(join(this.#folder, blob), { recursive: true, force: true });
  }

  /** Removes what a killed process left behind: packages that no version has, folders that are not whole. */
  sweep(inUse: ReadonlySet<string>): void {
    for (const blob of this.#blobs.ids()) if (!inUse.has(blob)) this.remove(blob);
    if (!existsSync(this.#folder)) return;
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith(".part")) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  async #unpack(bytes: Uint8Array): Promise<string> {
    this.#prepare();
    const part = join(this.#folder, `${randomUUID()}.part`);
    mkdirSync(part);
    try {
      await extract(bytes, part);
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      throw error;
    }
    return part;
  }

  #prepare(): void {
    if (existsSync(join(this.#folder, "package.json"))) return;
    const modules = join(this.#folder, "..", "node_modules");
    mkdirSync(this.#folder, { recursive: true });
    mkdirSync(modules, { recursive: true });
    for (const scope of ["@aws-sdk", "@smithy"]) {
      const target = ownPackages(scope);
      if (target !== undefined && !existsSync(join(modules, scope)))
        symlinkSync(target, join(modules, scope), "junction");
    }
    writeFileSync(join(this.#folder, "package.json"), "{}\n");
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Where Headwater's own packages of a scope are: they stand in for the SDK that Lambda's runtimes bring along. */
function ownPackages(scope: string): string | undefined {
  const entry = createRequire(import.meta.url).resolve(scope === "@smithy" ? "@smithy/core" : "@aws-sdk/client-lambda");
  const at = entry.lastIndexOf(`${sep}${scope}${sep}`);
  return at < 0 ? undefined : entry.slice(0, at + scope.length + 1);
}

import { createHmac, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Blobs } from "../storage/blobs.ts";
import type { Clock } from "./clock.ts";
import { equalSecrets } from "./equal-secrets.ts";

const PATH = /^\/_headwater\/blobs\/([a-z0-9]+)\/([0-9a-f-]{36})$/;

export interface Download {
  readonly sizeBytes: number;
  open(): Readable;
}

/**
 * URLs at which whoever has them can fetch a blob for a while: AWS gives presigned URLs of buckets of its own. They are signed
 * with a secret of this process, so that nothing has to be kept of them; a restart ends them.
 */
export class Downloads {
  readonly #secret = randomBytes(32);
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor(blobs: Blobs, clock: Clock) {
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /**
   * @param endpoint the emulator's URL for whoever gets this one
   * @param folder the service's folder of blobs
   */
  url(endpoint: string, folder: string, id: string, lifeMs: number): string {
    const path = `/_headwater/blobs/${folder}/${id}`;
    const expires = String(this.#clock.now() + lifeMs);
    return `${endpoint}${path}?Expires=${expires}&Signature=${this.#sign(path, expires).toString("hex")}`;
  }

  /** What a URL is for: undefined for a path of another kind, otherwise the blob or why there is none. */
  find(path: string, query: URLSearchParams): Download | "forbidden" | "expired" | "missing" | undefined {
    const [, folder, id] = PATH.exec(path) ?? [];
    if (folder === undefined || id === undefined) return undefined;
    const expires = query.get("Expires") ?? "";
    const signature = Buffer.from(query.get("Signature") ?? "", "hex");
    if (!equalSecrets(this.#sign(path, expires), signature)) return "forbidden";
    if (this.#clock.now() >= Number(expires)) return "expired";
    const blobs = this.#blobs.folder(folder);
    if (!existsSync(blobs.path(id))) return "missing";
    return { sizeBytes: blobs.sizeBytes(id), open: () => blobs.read(id) };
  }

  #sign(path: string, expires: string): Buffer {
    return createHmac("sha256", this.#secret).update(`${path}\n${expires}`).digest();
  }
}

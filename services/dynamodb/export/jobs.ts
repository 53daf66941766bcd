import type { Host } from "../../../emulator/model/context.ts";
import type { Table as StorageTable } from "../../../emulator/storage/storage.ts";
import { invalidRequest } from "../backups/errors.ts";
import type { ExportJob, ImportJob } from "./model.ts";

/** How long jobs are listed. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;
/** How long a client's token stands for its job. */
const TOKEN_MS = 8 * 60 * 60 * 1000;
/** Tokens of lists are numbers of whole words, and no shorter than this. */
const WORD_BYTES = 8;
const TOKEN_BYTES = 56;

/** The exports, or the imports, of one account and region. */
export class Jobs<J extends ExportJob | ImportJob> {
  readonly #jobs: StorageTable<J>;
  readonly #host: Host;
  readonly #scope: readonly [account: string, region: string];
  readonly #kind: "export" | "import";

  constructor(host: Host, kind: "export" | "import", { account, region }: { account: string; region: string }) {
    this.#jobs = host.storage.table(`dynamodb/${kind}s`);
    this.#host = host;
    this.#scope = [account, region];
    this.#kind = kind;
  }

  put(job: J): void {
    this.#jobs.put([...this.#scope, job.id], job);
  }

  get(arn: string): J | undefined {
    const job = this.#jobs.get([...this.#scope, arn.slice(arn.lastIndexOf("/") + 1)]);
    return job?.arn === arn ? job : undefined;
  }

  unfinished(): J[] {
    return [...this.#all()].filter(({ status }) => status === "IN_PROGRESS");
  }

  byToken(token: string | undefined): J | undefined {
    if (token === undefined) return undefined;
    const now = this.#host.clock.now();
    for (const job of this.#all()) {
      const isOver = job.endedAt !== undefined && job.endedAt + TOKEN_MS <= now;
      if (job.clientToken === token && !isOver) return job;
    }
    return undefined;
  }

  /**
   * A page of the jobs of a table, or of all, the newest first.
   * @throws AwsError ValidationException, for a token of something else
   */
  page(
    isListed: (job: J) => boolean,
    limit: number,
    token: string | undefined,
  ): { readonly jobs: J[]; readonly next: string | undefined } {
    const before = token === undefined ? undefined : this.#placeOf(token);
    const jobs: J[] = [];
    for (const job of this.#all(before)) {
      if (!isListed(job)) continue;
      if (jobs.length === limit) return { jobs, next: this.#tokenOf(jobs.at(-1)?.id ?? "") };
      jobs.push(job);
    }
    return { jobs, next: undefined };
  }

  /** The newest first; older ones are forgotten on the way. */
  *#all(before?: string): Generator<J> {
    const oldest = this.#host.clock.now() - KEPT_MS;
    const forgotten: J[] = [];
    const end = [...this.#scope, before ?? LAST];
    for (const { value } of this.#jobs.range({ start: [...this.#scope], end, reverse: true })) {
      if (value.startedAt >= oldest || value.status === "IN_PROGRESS") yield value;
      else forgotten.push(value);
    }
    for (const { id } of forgotten) this.#jobs.remove([...this.#scope, id]);
  }

  #tokenOf(id: string): string {
    const place = Buffer.from(`${this.#kind} ${id}`);
    const words = Math.ceil(Math.max(place.length, TOKEN_BYTES) / WORD_BYTES);
    return Buffer.concat([place, Buffer.alloc(words * WORD_BYTES - place.length)]).toString("hex");
  }

  #placeOf(token: string): string {
    const [kind, id] = Buffer.from(token, "hex").toString("latin1").replaceAll("\0", "").split(" ");
    if (kind !== this.#kind || id === undefined || this.#tokenOf(id) !== token) {
      throw invalidRequest(`Provided nextToken is invalid: ${token}`);
    }
    return id;
  }
}

/** Sorts after every id. */
const LAST = "\u{10ffff}";

import type { Host } from "../../../emulator/model/context.ts";
import { equalSecrets } from "../../../emulator/runtime/equal-secrets.ts";
import type { Table } from "../../../emulator/storage/storage.ts";
import type { Callback, CallbackAnswer, Callbacks } from "../provider.ts";
import type { Scope } from "../store.ts";

export const CALLBACK_PATH = "/_headwater/custom-resources/";

interface CallbackRecord {
  readonly requestId: string;
  /** What the URL proves that it was given out. */
  readonly secret: string;
  /** What is asked for: after a kill the same question goes on waiting for its answer. */
  readonly purpose: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly isSent?: true;
  /** The document that was put, as it came. */
  readonly answer?: string;
  /** The question is settled: the same one later is another. */
  readonly isDone?: true;
}

/** [account, region, stack id, logical id, number of the question] */
type CallbackKey = [string, string, string, string, number];

const tableOf = (host: Host): Table<CallbackRecord> => host.storage.table("cloudformation/callbacks");

/** The questions to custom resources, and their answers, which come to a URL. */
export class ResourceCallbacks implements Callbacks {
  readonly #host: Host;
  readonly #callbacks: Table<CallbackRecord>;
  readonly #prefix: readonly [string, string, string, string];

  constructor(host: Host, { account, region }: Scope, stackId: string, logicalId: string) {
    this.#host = host;
    this.#callbacks = tableOf(host);
    this.#prefix = [account, region, stackId, logicalId];
  }

  open(purpose: string, lifeMs: number): Callback {
    const newest = this.#newest();
    if (newest && newest.record.purpose === purpose && !newest.record.isDone) return this.#callback(newest);
    const key: CallbackKey = [...this.#prefix, (newest?.key[4] ?? 0) + 1];
    const record: CallbackRecord = {
      requestId: this.#host.ids.uuid(),
      secret: this.#host.ids.hex(64),
      purpose,
      expiresAt: this.#host.clock.now() + lifeMs,
    };
    this.#host.storage.write(() => {
      // of the answers before, only the last good one says what the resource is
      const kept = this.#rows().findLast(({ record: { answer } }) => answer !== undefined && isGood(answer));
      for (const row of this.#rows()) if (row.record.isDone && row !== kept) this.#remove(row.key, kept?.key);
      this.#callbacks.put(key, record);
    });
    return this.#callback({ key, record });
  }

  #remove(key: CallbackKey, kept: CallbackKey | undefined): void {
    if (key[4] !== kept?.[4]) this.#callbacks.remove(key);
  }

  sent(requestId: string): void {
    this.#change(requestId, (record) => ({ ...record, isSent: true }));
  }

  done(requestId: string): void {
    this.#change(requestId, (record) => ({ ...record, isDone: true }));
  }

  answer(requestId: string): CallbackAnswer | "waiting" | "expired" {
    const record = this.#find(requestId)?.record;
    if (record?.answer !== undefined) return parsed(record.answer);
    return record === undefined || this.#host.clock.now() >= record.expiresAt ? "expired" : "waiting";
  }

  data(physicalId: string): CallbackAnswer["Data"] {
    for (const { record } of this.#rows().toReversed()) {
      if (record.answer === undefined) continue;
      const answer = parsed(record.answer);
      if (answer.Status === "SUCCESS" && answer.PhysicalResourceId === physicalId) return answer.Data;
    }
    return undefined;
  }

  #callback({ key, record }: { key: CallbackKey; record: CallbackRecord }): Callback {
    const place = Buffer.from(JSON.stringify(key)).toString("base64url");
    const url = `${this.#host.endpoint}${CALLBACK_PATH}${place}?Expires=${record.expiresAt}&Signature=${record.secret}`;
    return { requestId: record.requestId, url, isSent: record.isSent ?? false };
  }

  #rows(): { key: CallbackKey; record: CallbackRecord }[] {
    return [...this.#callbacks.under(this.#prefix)].map(({ key, value }) => ({
      key: key as CallbackKey,
      record: value,
    }));
  }

  #newest() {
    return this.#rows().at(-1);
  }

  #find(requestId: string) {
    return this.#rows().find(({ record }) => record.requestId === requestId);
  }

  #change(requestId: string, change: (record: CallbackRecord) => CallbackRecord): void {
    this.#host.storage.write(() => {
      const found = this.#find(requestId);
      if (found) this.#callbacks.put(found.key, change(found.record));
    });
  }
}

/** Removes all that is kept of a stack's questions. */
export function forgetCallbacks(host: Host, { account, region }: Scope, stackId: string): void {
  tableOf(host).clear([account, region, stackId]);
}

/** Takes the document that was put at a URL. @returns the HTTP status of the answer */
export function acceptAnswer(host: Host, path: string, signature: string, document: string): 200 | 403 | 404 {
  const key = keyOf(path.slice(CALLBACK_PATH.length));
  const callbacks = tableOf(host);
  const record = key && callbacks.get(key);
  if (!record) return 404;
  if (!equalSecrets(record.secret, signature)) return 403;
  if (host.clock.now() >= record.expiresAt) return 403;
  // as in a bucket, the last document stands until it has been read
  if (!record.isDone) callbacks.put(key, { ...record, answer: document });
  return 200;
}

function keyOf(place: string): CallbackKey | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(place, "base64url").toString("utf8"));
    if (!Array.isArray(key) || key.length !== 5 || typeof key[4] !== "number") return undefined;
    return key.slice(0, 4).every((part) => typeof part === "string") ? (key as CallbackKey) : undefined;
  } catch {
    return undefined;
  }
}

const isGood = (document: string): boolean => parsed(document).Status === "SUCCESS";

function parsed(document: string): CallbackAnswer {
  try {
    const answer: unknown = JSON.parse(document);
    if (answer !== null && typeof answer === "object" && !Array.isArray(answer)) return answer;
  } catch {
    // an answer without a status is no answer
  }
  return {};
}

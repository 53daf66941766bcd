import { servicePrincipal, type Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Timer } from "../../../emulator/runtime/scheduler.ts";
import { privateTo } from "../acl.ts";
import type { Grant } from "../model.ts";
import { LOGGING_SERVICE } from "../standing.ts";
import type { Queued } from "../queue-table.ts";
import { S3Store } from "../store.ts";
import { openTables } from "../tables.ts";
import type { LogTable, PendingRecord } from "./log-table.ts";
import { logKey, startOfDay } from "./target.ts";

/** How long after a request its record is delivered, in milliseconds; AWS takes hours. */
export const DELAY_MS = 60_000;
/** Of one log object. */
const MOST_RECORDS = 10_000;

/**
 * Brings records of access logs to their target as objects, in the name of the log delivery service: each at least once, also over a
 * restart. Logs that their target does not let in are lost, as on AWS.
 */
export class AccessLogDelivery {
  readonly #host: Host;
  readonly #records: LogTable;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(host: Host) {
    this.#host = host;
    this.#records = openTables(host).accessLog;
  }

  start(): void {
    if (this.#records.first(1).length > 0) this.#arm();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  add(records: readonly PendingRecord[]): void {
    if (records.length === 0) return;
    this.#records.add(records);
    this.#arm();
  }

  #arm(): void {
    this.#timer ??= this.#host.scheduler.after(DELAY_MS, () => {
      this.#timer = undefined;
      this.#running = this.#running.then(() => this.#deliverAll());
      return this.#running;
    });
  }

  async #deliverAll(): Promise<void> {
    for (;;) {
      const waiting = this.#isStopped ? [] : this.#records.first(MOST_RECORDS);
      if (waiting.length === 0) return;
      for (const log of inLogs(waiting)) {
        await this.#deliver(log.map(({ value }) => value));
        this.#records.remove(log.map(({ number }) => number));
      }
    }
  }

  async #deliver(records: readonly PendingRecord[]): Promise<void> {
    const { source, target, atMs } = records[0] as PendingRecord;
    const { account, region } = source;
    const unique = this.#host.ids.hex(16).toUpperCase();
    const Key = logKey(target, source, { eventMs: atMs, nowMs: this.#host.clock.now(), unique });
    const principal = servicePrincipal(account, LOGGING_SERVICE, `arn:aws:s3:::${source.name}`);
    const call = this.#host.callAs({ account, region, principal });
    const Body = Buffer.from(records.map(({ line }) => `${line}\n`).join(""));
    try {
      await call("s3", "PutObject", { Bucket: target.bucket, Key, Body, ContentType: "text/plain" });
      if (target.grants) this.#grant(source.account, target.bucket, Key, target.grants);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#host.log.warn("an access log was not delivered", { bucket: source.name, target: target.bucket, error });
    }
  }

  /** A log is its bucket's owner's, whoever else may read it. */
  #grant(account: string, bucket: string, key: string, grants: readonly Grant[]): void {
    const store = new S3Store(this.#host, { account });
    const log = store.object(bucket, key);
    if (!log) return; // deleted meanwhile
    store.updateObject(
      bucket,
      key,
      () => log,
      (found) => ({ ...found, acl: [...privateTo(account), ...grants] }),
    );
  }
}

/** The records of one object each: of one bucket, for one target, and of one day where the key tells the day. */
function inLogs(waiting: readonly Queued<PendingRecord>[]): Iterable<readonly Queued<PendingRecord>[]> {
  const logs = new Map<string, Queued<PendingRecord>[]>();
  for (const one of waiting) {
    const { source, target, atMs } = one.value;
    const name = JSON.stringify([source, target, target.keyFormat === "EventTime" ? startOfDay(atMs) : 0]);
    const log = logs.get(name);
    if (log) log.push(one);
    else logs.set(name, [one]);
  }
  return logs.values();
}

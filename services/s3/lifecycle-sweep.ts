import { setImmediate } from "node:timers";
import type { Host } from "../../emulator/model/context.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { lifecycleCause } from "./causes.ts";
import type { Cause } from "./event-table.ts";
import { successor, utf8 } from "./keys.ts";
import { abortOf, verdict } from "./lifecycle.ts";
import type { BucketRecord, ObjectRecord } from "./model.ts";
import type { EventName } from "./notification-events.ts";
import { isLocked } from "./object-lock.ts";
import type { ListedVersion } from "./object-table.ts";
import { S3Store } from "./store.ts";
import { versionIdOf } from "./version-id.ts";
import { isDeleteMarker } from "./version-table.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Keys that are looked at in one go; between two of them requests are answered. */
const KEYS_AT_ONCE = 500;

/** Carries out the lifecycle rules of all buckets: once at the start, and at every midnight of UTC. */
export class LifecycleSweep {
  readonly #host: Host;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#host.scheduler.after(delayMs, () => {
      const now = this.#host.clock.now();
      this.#arm(DAY_MS - (now % DAY_MS));
      this.#running = this.#running.then(() => this.#sweep(now));
      return this.#running;
    });
  }

  async #sweep(nowMs: number): Promise<void> {
    for (const bucket of [...S3Store.everyBucket(this.#host)]) {
      if (this.#stopped) return;
      if (!bucket.lifecycle) continue;
      const store = new S3Store(this.#host, bucket);
      this.#abortUploads(store, bucket, nowMs);
      let from: Uint8Array | undefined = new Uint8Array();
      while (from !== undefined && !this.#stopped) {
        from = this.#expireSome(store, bucket, from, nowMs);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  /** @returns where to go on, undefined when the bucket is at its end */
  #expireSome(store: S3Store, bucket: BucketRecord, from: Uint8Array, nowMs: number): Uint8Array | undefined {
    const histories = new Map<string, ListedVersion[]>();
    let isWhole = true;
    for (const { key, value } of store.allVersions(bucket.name)(from)) {
      const history = histories.get(key);
      if (history) history.push(value);
      else if (histories.size === KEYS_AT_ONCE) {
        isWhole = false;
        break;
      } else histories.set(key, [value]);
    }
    for (const [key, versions] of histories) {
      const { expires, removed, moved } = verdict(bucket, key, versions, nowMs);
      if (expires) this.#expire(store, bucket.name, key, nowMs);
      for (const { version, storageClass } of moved) {
        const change = (found: ObjectRecord) => ({ ...found, storageClass });
        store.updateObject(bucket.name, key, () => version, change, this.#cause("LifecycleTransition", nowMs));
      }
      for (const version of removed) {
        if (!isDeleteMarker(version) && isLocked(version, nowMs)) continue;
        const cause = this.#cause("LifecycleExpiration:Delete", nowMs);
        store.removeVersion(bucket.name, key, versionIdOf(version), () => {}, cause);
      }
    }
    const last = [...histories.keys()].at(-1);
    return isWhole || last === undefined ? undefined : successor(utf8(last));
  }

  /** In a bucket with versioning the object becomes an older version. */
  #expire(store: S3Store, bucket: string, key: string, nowMs: number): void {
    const causeOf = (name: "Delete" | "DeleteMarkerCreated") => this.#cause(`LifecycleExpiration:${name}`, nowMs);
    store.removeObject(bucket, key, () => {}, causeOf);
  }

  #cause(name: EventName, nowMs: number): Cause {
    return lifecycleCause(name, this.#host.ids.uuid(), nowMs);
  }

  #abortUploads(store: S3Store, bucket: BucketRecord, nowMs: number): void {
    for (const { key, value } of [...store.uploads(bucket.name)(new Uint8Array())]) {
      const abort = abortOf(bucket, key, value);
      if (abort && abort.atMs <= nowMs) store.abortUpload(bucket.name, key, value.id);
    }
  }
}

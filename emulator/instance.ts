import { clearTimeout, setTimeout } from "node:timers";
import { services } from "../services/index.ts";
import { Emulator } from "./emulator.ts";
import { StoredCredentials, type AuthSettings } from "./gateway/credentials.ts";
import type { RawRequest, RawResponse } from "./gateway/exchange.ts";
import type { Guard } from "./gateway/guard.ts";
import { serve } from "./gateway/serve.ts";
import type { InitState } from "./init/stages.ts";
import type { Clock } from "./runtime/clock.ts";
import { Downloads } from "./runtime/downloads.ts";
import { randomIds } from "./runtime/ids.ts";
import { InFlight } from "./runtime/in-flight.ts";
import type { Logger } from "./runtime/log.ts";
import { Contributions } from "./runtime/contributions.ts";
import { Metrics } from "./runtime/metrics.ts";
import { SystemScheduler, type ManualClock } from "./runtime/scheduler.ts";
import { Signals } from "./runtime/signals.ts";
import { systemClock } from "./runtime/clock.ts";
import { Storage, type StorageOptions } from "./storage/storage.ts";

export interface InstanceOptions extends StorageOptions {
  readonly clock: ManualClock | undefined;
  readonly log: Logger;
  readonly guard: Guard;
  readonly iam: boolean;
  readonly kinesisLimits: boolean;
  readonly dynamodbLimits: boolean;
  readonly auth: AuthSettings;
  /** Known once the port is open. */
  readonly endpoint: () => string;
  /** Where others reach it. */
  readonly publicEndpoint: () => string;
  readonly init: InitState;
}

/** How long what still runs for a request may take to end after its connection was cut, in milliseconds. */
const CUT_GRACE_MS = 2_000;
/** How long a client may take to read the end of an event stream. */
const STREAM_GRACE_MS = 500;

/** What an emulator keeps and what runs on it, from its start, or a reset, to the next reset or its stop. */
export class Instance {
  readonly storage: Storage;
  readonly #emulator: Emulator;
  readonly #scheduler: SystemScheduler | ManualClock;
  readonly #serving = new InFlight<{ readonly response: RawResponse; readonly served: Promise<void> }>();

  constructor(options: InstanceOptions) {
    const {
      clock,
      log,
      guard,
      iam,
      kinesisLimits,
      dynamodbLimits,
      auth,
      endpoint,
      publicEndpoint,
      init,
      ...storageOptions
    } = options;
    const time: Clock = clock ?? systemClock;
    this.#scheduler = clock ?? new SystemScheduler((error) => log.error("a scheduled task failed", { error }));
    this.storage = new Storage(storageOptions);
    this.#emulator = new Emulator(
      services,
      {
        clock: time,
        ids: randomIds,
        scheduler: this.#scheduler,
        signals: new Signals(),
        metrics: new Metrics(),
        contributions: new Contributions(),
        storage: this.storage,
        credentials: new StoredCredentials(this.storage, time, randomIds, auth),
        log,
        downloads: new Downloads(this.storage.blobs, time),
        kinesisLimits,
        dynamodbLimits,
        get endpoint() {
          return endpoint();
        },
        get publicEndpoint() {
          return publicEndpoint();
        },
      },
      guard,
      { iam, init },
    );
  }

  start(): Promise<void> {
    return this.#emulator.start();
  }

  serve(request: RawRequest, response: RawResponse): void {
    const served = serve(this.#emulator, request, response);
    const place = this.#serving.add({ response, served });
    void served.then(() => this.#serving.remove(place));
  }

  /** Ends the answers that would go on by themselves: their clients see a row of events that is over. */
  endEventStreams(): Promise<void> {
    return settledWithin(STREAM_GRACE_MS, this.#emulator.eventStreams.end());
  }

  /** Ends what runs; requests that are still in flight are cut off. The data stay in the storage. */
  async stop(): Promise<void> {
    await this.endEventStreams();
    for (const { response } of this.#serving.all()) response.destroy();
    await this.#emulator.stop();
    await settledWithin(
      CUT_GRACE_MS,
      this.#serving.all().map(({ served }) => served),
    );
    this.#scheduler.stop();
  }
}

/** The instance that answers at an endpoint, and those that take its place. */
export class Instances {
  readonly #options: InstanceOptions;
  #current: Instance;
  /** Set while one takes the place of another. */
  #resetting: Promise<void> | undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#current = new Instance(options);
  }

  get directory(): string {
    return this.#current.storage.directory;
  }

  start(): Promise<void> {
    return this.#current.start();
  }

  serve(request: RawRequest, response: RawResponse): void {
    if (this.#resetting)
      void this.#resetting.then(
        () => this.#current.serve(request, response),
        () => response.destroy(),
      );
    else this.#current.serve(request, response);
  }

  /** Puts a new instance without any data in the place of the current one. */
  async reset(): Promise<void> {
    const resetting = (this.#resetting ??= this.#replace());
    await resetting;
    if (this.#resetting === resetting) this.#resetting = undefined;
  }

  /** Before the port closes, which waits for requests in flight. */
  async endEventStreams(): Promise<void> {
    await this.#current.endEventStreams();
  }

  async stop(): Promise<void> {
    await this.#resetting?.catch(() => {}); // whoever called reset has been told
    await this.#current.stop();
    await this.#current.storage.close();
  }

  async #replace(): Promise<void> {
    await this.#current.stop();
    await this.#current.storage.close({ forget: true });
    this.#current = new Instance(this.#options);
    await this.#current.start();
  }
}

/** Waits for all of them, but no longer than `graceMs`. */
async function settledWithin(graceMs: number, work: Iterable<Promise<unknown>>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, graceMs)));
  await Promise.race([Promise.allSettled(work), patience]);
  clearTimeout(timer);
}

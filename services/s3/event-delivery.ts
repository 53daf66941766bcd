import { servicePrincipal, type Call, type Host } from "../../emulator/model/context.ts";
import { deliver } from "../../emulator/model/deliver.ts";
import { EVENTS_SIGNAL, type EventTable, type PendingEvent } from "./event-table.ts";
import { openTables } from "./tables.ts";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1_000;

const callTo = (host: Pick<Host, "callAs">, account: string, bucket: string, arn: string): Call =>
  host.callAs({
    account,
    region: arn.split(":")[3] ?? "",
    principal: servicePrincipal(account, "s3.amazonaws.com", `arn:aws:s3:::${bucket}`),
  });

/** Gives a document to a destination, in S3's own name. */
export const send = (call: Call, arn: string, document: string, traceHeader?: string): Promise<void> =>
  deliver(call, arn, { body: document, subject: "Amazon S3 Notification", traceHeader });

/**
 * Brings the events of buckets to functions, queues and topics, each at least once, in the order in which they happened
 * for each destination. One that its destination does not take after some attempts is given up.
 */
export class EventDelivery {
  readonly #host: Host;
  readonly #events: EventTable;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #silence: (() => void) | undefined;
  #seen = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#events = openTables(host).events;
  }

  start(): void {
    this.#silence = this.#host.signals.listen(EVENTS_SIGNAL, () => this.#collect());
    this.#collect();
  }

  async stop(): Promise<void> {
    this.#silence?.();
    this.#stopping.abort();
    await Promise.all(this.#running.values());
  }

  /** Puts what is new behind what waits for the same destination. */
  #collect(): void {
    for (const { number, event } of [...this.#events.all(this.#seen)]) {
      this.#seen = number;
      const before = this.#running.get(event.arn) ?? Promise.resolve();
      const delivery = before.then(() => this.#deliver(number, event));
      this.#running.set(event.arn, delivery);
      void delivery.finally(() => {
        if (this.#running.get(event.arn) === delivery) this.#running.delete(event.arn);
      });
    }
  }

  async #deliver(number: number, event: PendingEvent): Promise<void> {
    const { signal } = this.#stopping;
    const call = callTo(this.#host, event.account, event.bucket, event.arn);
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await send(call, event.arn, event.document, event.traceHeader);
        break;
      } catch (error) {
        if (attempt === ATTEMPTS) {
          this.#host.log.warn("a bucket's event was given up", { destination: event.arn, error });
          break;
        }
      }
      await this.#host.scheduler.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), signal).catch(() => {});
    }
    if (!signal.aborted) this.#events.remove(number);
  }
}

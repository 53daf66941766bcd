import { gzipSync } from "node:zlib";
import { deliver } from "../../emulator/model/deliver.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import { type Host, servicePrincipal } from "../../emulator/model/context.ts";
import { callWithRole, canAssume } from "../../emulator/model/service-role.ts";
import type { Timer } from "../../emulator/runtime/scheduler.ts";
import { type Delivery, type DeliveryKey, DeliveryStore, type Queued } from "./delivery-store.ts";
import type { SubscriptionFilter } from "./model.ts";

/** What cannot be delivered is tried again for a day. */
const LONGEST_MS = 24 * 3_600_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;
const MOST_IN_FLIGHT = 20;

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Whom a filter's destination and its role belong to, and for which group it is told. */
interface Route extends Scope {
  readonly groupArn: string;
  readonly filter: Pick<SubscriptionFilter, "destinationArn" | "roleArn" | "distribution">;
}

/** Brings the events of subscription filters to Lambda functions, Kinesis streams and Firehose. */
export class Deliveries {
  readonly #host: Host;
  readonly #store: DeliveryStore;
  readonly #inFlight = new Set<string>();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(host: Host) {
    this.#host = host;
    this.#store = new DeliveryStore(host.storage);
  }

  start(): void {
    this.#isRunning = true;
    this.pump();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Keeps a delivery; `pump` sends it once the transaction that it belongs to is done. */
  keep(delivery: Delivery): void {
    this.#store.put(delivery.acceptedAt, this.#host.ids.uuid(), delivery);
  }

  pump(): void {
    this.#timer?.cancel();
    if (!this.#isRunning) return;
    const now = this.#host.clock.now();
    const due: DeliveryKey[] = [];
    for (const key of this.#store.keysInOrder()) {
      const [dueAt, id] = key;
      if (dueAt > now) {
        this.#timer = this.#host.scheduler.after(dueAt - now, () => this.pump());
        break;
      }
      if (this.#inFlight.has(id)) continue;
      if (this.#inFlight.size + due.length >= MOST_IN_FLIGHT) break;
      due.push(key);
    }
    for (const key of due) {
      const delivery = this.#store.get(key);
      if (delivery) void this.#attempt({ key, delivery });
    }
  }

  async #attempt(queued: Queued): Promise<void> {
    const { key, delivery } = queued;
    this.#inFlight.add(key[1]);
    try {
      await this.send(delivery, delivery.payload, delivery.stream);
      if (this.#isRunning) this.#store.remove(queued);
    } catch (error) {
      if (this.#isRunning) this.#later(queued, error);
    } finally {
      this.#inFlight.delete(key[1]);
      this.pump();
    }
  }

  #later(queued: Queued, error: unknown): void {
    const { delivery } = queued;
    const now = this.#host.clock.now();
    const dueAt = now + Math.min(FIRST_DELAY_MS * 2 ** delivery.failures, LONGEST_DELAY_MS);
    const { destinationArn: destination, name: filter } = delivery.filter;
    if (dueAt - delivery.acceptedAt <= LONGEST_MS) return this.#store.postpone(queued, dueAt);
    this.#host.log.warn("log events of a subscription filter are dropped", { filter, destination, error });
    this.#store.remove(queued);
  }

  /** Sends a document to a destination. @throws AwsError of the destination, or AccessDenied */
  async send(route: Route, payload: string, stream: string): Promise<void> {
    const { destinationArn } = route.filter;
    const data = gzipSync(payload);
    if (destinationArn.includes(":lambda:")) return this.#invoke(route, data);
    const call = this.#asRole(route);
    if (destinationArn.includes(":kinesis:")) {
      const PartitionKey = route.filter.distribution === "Random" ? this.#host.ids.uuid() : stream.slice(0, 256);
      await call("kinesis", "PutRecord", { StreamARN: destinationArn, PartitionKey, Data: data.toString("base64") });
      return;
    }
    const DeliveryStreamName = destinationArn.slice(destinationArn.indexOf("/") + 1);
    await call("firehose", "PutRecord", { DeliveryStreamName, Record: { Data: data } });
  }

  /** Whether Logs may invoke the function. @throws AwsError */
  async checkFunction(route: Route): Promise<void> {
    await this.#asLogs(route, (call) =>
      call("lambda", "Invoke", { FunctionName: route.filter.destinationArn, InvocationType: "DryRun" }),
    );
  }

  async #invoke(route: Route, data: Buffer): Promise<void> {
    const event = JSON.stringify({ awslogs: { data: data.toString("base64") } });
    await this.#asLogs(route, (call) => deliver(call, route.filter.destinationArn, { body: event }));
  }

  /** Policies name the service with or without its region. */
  async #asLogs<T>(
    { account, region, groupArn }: Route,
    work: (call: ReturnType<Host["callAs"]>) => Promise<T>,
  ): Promise<T> {
    const as = (service: string) =>
      work(this.#host.callAs({ account, region, principal: servicePrincipal(account, service, `${groupArn}:*`) }));
    try {
      return await as("logs.amazonaws.com");
    } catch (error) {
      if (!(error instanceof AwsError) || !error.name.startsWith("AccessDenied")) throw error;
      return as(`logs.${region}.amazonaws.com`);
    }
  }

  #asRole({ account, region, groupArn, filter: { roleArn = "" } }: Route): ReturnType<typeof callWithRole> {
    const role = (service: string) => ({ roleArn, service, session: "logs", sourceArn: `${groupArn}:*` });
    const regional = role(`logs.${region}.amazonaws.com`);
    const plain = role("logs.amazonaws.com");
    const scope = { account, region };
    return callWithRole(this.#host, scope, canAssume(this.#host, scope, plain) ? plain : regional);
  }
}

import type { Host } from "../../emulator/model/context.ts";
import type { MetricUnit } from "../../emulator/runtime/metrics.ts";
import { deadLetter, invocationRecord, type FinishedEvent } from "./async-record.ts";
import { parseDestination, send, type Parcel, type DestinationKind } from "./destinations.ts";
import { isVersion, parseReference } from "./arn.ts";
import type { FunctionMetrics } from "./metrics.ts";
import { LATEST, type AsyncEvent, type FunctionVersion } from "./model.ts";
import { functionPrincipal } from "./role.ts";
import { LambdaStore } from "./store.ts";

const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;

/** What a function's settings say of an event, as they are now. */
export interface AsyncSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumAgeMs: number;
  readonly reservedConcurrency?: number | undefined;
}

/** Sends what is left of asynchronous invocations to destinations and dead-letter queues, as the function's role. */
export class AsyncOutcome {
  readonly #host: Host;
  readonly #metrics: FunctionMetrics;

  constructor(host: Host, metrics: FunctionMetrics) {
    this.#host = host;
    this.#metrics = metrics;
  }

  settings(event: AsyncEvent): AsyncSettings {
    const { store, name, config } = this.#function(event);
    return {
      maximumRetryAttempts: config?.maximumRetryAttempts ?? DEFAULT_RETRIES,
      maximumAgeMs: (config?.maximumEventAgeSeconds ?? DEFAULT_AGE_SECONDS) * 1000,
      reservedConcurrency: store.entry(name)?.reservedConcurrency,
    };
  }

  /** Whether anybody is to be told of how an event ended. */
  hasReceivers(event: FinishedEvent): boolean {
    const { destination, deadLetterTarget } = this.#receivers(event);
    return destination !== undefined || deadLetterTarget !== undefined;
  }

  /** Tells them. What cannot be sent is dropped, as Lambda does, with a metric and a line in the log. */
  async tell(event: FinishedEvent): Promise<void> {
    const { version, destination, deadLetterTarget } = this.#receivers(event);
    const at = new Date(this.#host.clock.now()).toISOString();
    const record = (kind: DestinationKind) => invocationRecord(event, kind, at, this.#host.ids);
    await this.#send(event, version, destination, record, "DestinationDeliveryFailures");
    await this.#send(event, version, deadLetterTarget, () => deadLetter(event), "DeadLetterErrors");
  }

  async #send(
    event: FinishedEvent,
    version: FunctionVersion | undefined,
    arn: string | undefined,
    parcel: (kind: DestinationKind) => Parcel,
    failureMetric: string,
  ): Promise<void> {
    if (arn === undefined || !version) return;
    try {
      const destination = parseDestination(arn);
      if (!destination) throw new Error(`${arn} is no destination`);
      const call = this.#host.callAs({ ...event, principal: functionPrincipal(this.#host, event, version) });
      await send(call, destination, parcel(destination.kind));
    } catch (error) {
      const { functionName, requestId } = event;
      this.#host.log.warn("the record of an asynchronous invocation cannot be sent", {
        functionName,
        requestId,
        destination: arn,
        error,
      });
      this.measure(event, failureMetric);
    }
  }

  /** Tells CloudWatch of an event. */
  measure(event: AsyncEvent, name: string, value = 1, unit: MetricUnit = "Count"): void {
    const { name: functionName } = parseReference(event, event.functionName);
    this.#metrics.record({ account: event.account, region: event.region, functionName }, name, value, unit);
  }

  #receivers(event: FinishedEvent) {
    const { store, name, qualifier, config } = this.#function(event);
    const alias = isVersion(qualifier) ? undefined : store.alias(name, qualifier);
    const version = store.version(name, event.last?.executedVersion ?? alias?.version ?? qualifier);
    const isSuccess = event.condition === "Success";
    return {
      version,
      destination: isSuccess ? config?.onSuccess : config?.onFailure,
      deadLetterTarget: isSuccess ? undefined : version?.deadLetterTarget,
    };
  }

  #function(event: AsyncEvent) {
    const store = new LambdaStore(this.#host, { account: event.account, region: event.region });
    const { name, qualifier = LATEST } = parseReference(event, event.functionName, event.qualifier);
    return { store, name, qualifier, config: store.eventInvokeConfig(name, qualifier) };
  }
}

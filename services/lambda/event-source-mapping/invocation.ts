import type { Host } from "../../../emulator/model/context.ts";
import type { MetricUnit } from "../../../emulator/runtime/metrics.ts";
import type { Invoker } from "../invoker.ts";
import type { LastInvocation } from "./destination.ts";
import type { Mapping } from "./model.ts";
import { errorOf } from "./response.ts";

export type Attempt =
  /** `answer` is JSON. */
  | { readonly kind: "answered"; readonly answer: string; readonly invocation: LastInvocation }
  /** The function failed, or the event is too large for any function. */
  | { readonly kind: "failed"; readonly error: string; readonly invocation?: LastInvocation }
  /** Throttled, missing or not ready: it did not run. */
  | { readonly kind: "not-invoked"; readonly error: string };

/** Calls the function of one mapping. */
export class Invocation {
  readonly #host: Host;
  readonly #invoker: Invoker;
  readonly #mapping: Mapping;
  /** Name, and version or alias. */
  readonly #named: { readonly functionName: string; readonly qualifier?: string };
  readonly #stopping: AbortSignal;

  constructor(of: {
    readonly host: Host;
    readonly invoker: Invoker;
    readonly mapping: Mapping;
    /** Aborted when the emulator stops: nothing is waited for. */
    readonly stopping: AbortSignal;
  }) {
    this.#host = of.host;
    this.#invoker = of.invoker;
    this.#mapping = of.mapping;
    this.#stopping = of.stopping;
    const [functionName = "", qualifier] = of.mapping.functionArn.split(":").slice(6);
    this.#named = qualifier === undefined ? { functionName } : { functionName, qualifier };
  }

  async invoke(payload: string): Promise<Attempt> {
    const { account, region } = this.#mapping;
    const request = { account, region, ...this.#named, payload, signal: this.#stopping };
    try {
      const result = await this.#invoker.invoke(request);
      const answer = typeof result.payload === "string" ? result.payload : Buffer.from(result.payload).toString();
      return result.functionError === undefined
        ? { kind: "answered", answer, invocation: result }
        : { kind: "failed", error: `${result.functionError}: ${errorOf(answer)}`, invocation: result };
    } catch (error) {
      return this.#refused(error as Error);
    }
  }

  /** How old the youngest record of a batch of a stream is when it goes to the function. */
  measureAge(arrivedAt: number): void {
    this.#measure("IteratorAge", this.#host.clock.now() - arrivedAt, "Milliseconds");
  }

  /** What was given up could not be told to the destination: counted at each attempt. */
  measureDestinationFailure(): void {
    this.#measure("DestinationDeliveryFailures", 1, "Count");
  }

  #measure(name: string, value: number, unit: MetricUnit): void {
    const { account, region } = this.#mapping;
    const { functionName, qualifier } = this.#named;
    const resource = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
    this.#invoker.metrics?.record({ account, region, functionName, resource }, name, value, unit);
  }

  #refused(error: Error): Attempt {
    const said = `${error.name}: ${error.message}`;
    if (error.name === "RequestTooLargeException") return { kind: "failed", error: said };
    if (!this.#stopping.aborted) {
      const level = error.name === "TooManyRequestsException" ? "debug" : "warn";
      const about = { mapping: this.#mapping.uuid, error };
      this.#host.log[level]("event source mapping cannot invoke its function", about);
    }
    return { kind: "not-invoked", error: said };
  }
}

import type { Host } from "../../emulator/model/context.ts";
import type { Packages } from "./code/packages.ts";
import { AsyncOutcome } from "./async-outcome.ts";
import { AsyncQueue } from "./async-queue.ts";
import { Concurrency } from "./concurrency.ts";
import { Environments } from "./environment/environments.ts";
import { invalidEvent, invalidParameter, requestTooLarge } from "./errors.ts";
import type { InvokeRequest, InvokeResult, Invoker } from "./invoker.ts";
import { LATEST, type AsyncEvent, type FunctionVersion, type Scope } from "./model.ts";
import { FunctionMetrics, type Measured, resourceOf } from "./metrics.ts";
import { LambdaStore } from "./store.ts";
import { resolveTarget, type Target } from "./target.ts";

/** Lambda's limits of an event, in bytes. */
const SYNC_LIMIT_BYTES = 6_291_456;
const ASYNC_LIMIT_BYTES = 1_048_576;

const byteLength = (payload: string | Uint8Array): number =>
  typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;

const asText = (payload: string | Uint8Array): string =>
  typeof payload === "string"
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");

/** Runs functions in their execution environments. */
export class FunctionInvoker implements Invoker {
  readonly #host: Host;
  readonly #packages: Packages;
  readonly #stores = new Map<string, LambdaStore>();
  readonly #concurrency = new Concurrency();
  readonly #environments: Environments;
  readonly #queue: AsyncQueue;
  readonly metrics: FunctionMetrics;

  constructor(host: Host, packages: Packages) {
    this.#host = host;
    this.#packages = packages;
    this.#environments = new Environments(host, packages, (blob) => this.#removeUnused(blob));
    this.metrics = new FunctionMetrics(host);
    this.#queue = new AsyncQueue(host, (event) => this.#runEvent(event), new AsyncOutcome(host, this.metrics));
  }

  start(): void {
    this.#queue.start();
  }

  async stop(): Promise<void> {
    this.#queue.stop();
    await this.#environments.stop();
  }

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const store = this.#store(request);
    const target = resolveTarget(store, this.#host.ids, request.functionName, request.qualifier);
    if (request.invocationType === "Event") return this.#accept(request, target);
    if (byteLength(request.payload) > SYNC_LIMIT_BYTES) throw requestTooLarge(SYNC_LIMIT_BYTES);
    const run = this.#run(store, target, request, request.requestId ?? this.#host.ids.uuid());
    return request.signal ? untilAborted(run, request.signal) : run;
  }

  /** After a change of a function's code or settings, or its end: environments of what was before go. */
  changed(scope: Scope, name: string, replaced?: FunctionVersion): void {
    const store = this.#store(scope);
    this.#environments.retire(
      scope,
      name,
      ({ version, environmentRevision }) => store.version(name, version)?.environmentRevision === environmentRevision,
    );
    if (replaced) this.#removeUnused(replaced.code.blob);
  }

  #store({ account, region }: Scope): LambdaStore {
    const key = `${account}/${region}`;
    let store = this.#stores.get(key);
    if (!store) this.#stores.set(key, (store = new LambdaStore(this.#host, { account, region })));
    return store;
  }

  #removeUnused(blob: string): void {
    if (this.#environments.isRunning(blob)) return;
    const anyStore = this.#store({ account: "", region: "" });
    if (!anyStore.isCodeInUse(blob)) this.#packages.remove(blob);
  }

  #accept(request: InvokeRequest, target: Target): InvokeResult {
    if (byteLength(request.payload) > ASYNC_LIMIT_BYTES) throw requestTooLarge(ASYNC_LIMIT_BYTES);
    const payload = asText(request.payload);
    if (payload !== "") parse(payload);
    if (request.clientContext !== undefined) decodeClientContext(request.clientContext);
    const requestId = request.requestId ?? this.#host.ids.uuid();
    this.#queue.accept({
      account: request.account,
      region: request.region,
      functionName: request.functionName,
      ...(request.qualifier !== undefined && { qualifier: request.qualifier }),
      payload,
      ...(request.clientContext !== undefined && { clientContext: request.clientContext }),
      requestId,
      attempts: 0,
      throttles: 0,
      acceptedAt: this.#host.clock.now(),
    });
    return { statusCode: 202, payload: "", executedVersion: target.version.version, requestId };
  }

  async #runEvent(event: AsyncEvent): Promise<InvokeResult> {
    const store = this.#store(event);
    const target = resolveTarget(store, this.#host.ids, event.functionName, event.qualifier);
    return this.#run(store, target, event, event.requestId);
  }

  async #run(
    store: LambdaStore,
    { version, invokedArn }: Target,
    request: Pick<InvokeRequest, "payload" | "clientContext" | "logTail">,
    requestId: string,
  ): Promise<InvokeResult> {
    const clientContext = request.clientContext === undefined ? undefined : decodeClientContext(request.clientContext);
    const of = { ...store.scope, functionName: version.name, resource: resourceOf(invokedArn) };
    const release = this.#admit(store, of);
    const ended = this.metrics.started(of);
    let failed: boolean | undefined;
    let ranMs: number | undefined;
    try {
      const { outcome, logTail, durationMs } = await this.#environments.run(store.scope, version, {
        requestId,
        functionArn: invokedArn,
        traceId: this.#traceId(),
        payload: request.payload,
        clientContext,
        logTail: request.logTail === true,
      });
      if (outcome.invalidEvent !== undefined) throw invalidEvent(outcome.invalidEvent);
      failed = outcome.failed;
      ranMs = durationMs;
      return {
        statusCode: 200,
        payload: outcome.payload,
        ...(outcome.failed && { functionError: "Unhandled" as const }),
        executedVersion: version.version ?? LATEST,
        ...(logTail !== undefined && { logTail }),
        requestId,
      };
    } finally {
      release();
      ended(failed, ranMs);
    }
  }

  #admit(store: LambdaStore, of: Measured): () => void {
    try {
      return this.#concurrency.acquire(store, of.functionName);
    } catch (error) {
      this.metrics.record(of, "Throttles", 1, "Count");
      throw error;
    }
  }

  #traceId(): string {
    const seconds = Math.floor(this.#host.clock.now() / 1000)
      .toString(16)
      .padStart(8, "0");
    const digits = this.#host.ids.hex(40);
    return `Root=1-${seconds}-${digits.slice(0, 24)};Parent=${digits.slice(24)};Sampled=0`;
  }
}

function parse(payload: string): void {
  try {
    JSON.parse(payload);
  } catch (error) {
    throw invalidEvent((error as Error).message);
  }
}

function decodeClientContext(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  } catch {
    throw invalidParameter("Client context must be a valid Base64-encoded JSON object.");
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
    // nobody waits for it any longer
    work.catch(() => {});
  }
}

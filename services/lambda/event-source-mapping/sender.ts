import type { Call, Host } from "../../../emulator/model/context.ts";
import type { Invoker } from "../invoker.ts";
import { backoffMs, decide, expiredCount, type Outcome, type Part } from "./delivery.ts";
import { type Discard, type LastInvocation, sendToDestination } from "./destination.ts";
import type { Mapping, StreamRecord } from "./model.ts";
import { eventOf } from "./record.ts";
import { partialOutcome } from "./response.ts";

export const OK = "OK";
export const FUNCTION_CALL_FAILED = "PROBLEM: Function call failed";
const DESTINATION_FAILED = "PROBLEM: Failed to send records to the on-failure destination";

/** Of every stream: younger records have not expired, whatever the stream's retention is. */
const SHORTEST_RETENTION_MS = 24 * 3_600_000;

/** What a sender needs of its mapping. */
export interface SenderScope {
  readonly host: Host;
  readonly invoker: Invoker;
  readonly call: Call;
  readonly mapping: Mapping;
  readonly shardId: string;
  /** How long the stream keeps a record now; beyond it there is nothing left to retry. */
  readonly retentionMs: () => Promise<number>;
  /** Sets LastProcessingResult. */
  readonly report: (result: string) => void;
  /** Aborted when no further attempt may begin. The one under way is waited for. */
  readonly draining: AbortSignal;
  /** Aborted when the emulator stops: nothing is waited for. */
  readonly stopping: AbortSignal;
}

/** Brings one batch after the other to its end: delivered, given up with its trace left, or cut off by a stop. */
export class Sender {
  readonly #scope: SenderScope;
  readonly #functionName: string;
  readonly #qualifier: string | undefined;

  constructor(scope: SenderScope) {
    this.#scope = scope;
    const [name = "", qualifier] = scope.mapping.functionArn.split(":").slice(6);
    this.#functionName = name;
    this.#qualifier = qualifier;
  }

  /**
   * Delivers `records` with all retries and splits.
   * @param settle told of records that need no more care: the checkpoint may pass them
   */
  async deliver(records: readonly StreamRecord[], settle: (records: readonly StreamRecord[]) => void): Promise<void> {
    const { mapping, draining } = this.#scope;
    let parts: readonly Part[] = [{ records, retriesUsed: 0, invokeCount: 0 }];
    let last: LastInvocation | undefined;
    let failures = 0;

    while (!draining.aborted) {
      const [next, ...others] = parts;
      if (!next) return;
      const part = await this.#withoutExpired(next, last, settle);
      if (part.records.length === 0) {
        parts = others;
        continue;
      }
      if (draining.aborted) return;
      const attempt = await this.#invoke(part);
      if (this.#scope.stopping.aborted) return;

      last = attempt.invocation ?? last;
      failures = attempt.outcome.kind === "success" || attempt.outcome.kind === "partial" ? 0 : failures + 1;
      this.#scope.report(attempt.outcome.kind === "success" ? OK : FUNCTION_CALL_FAILED);
      const decision = decide(part, attempt.outcome, mapping.settings);
      if (decision.settledCount > 0) settle(part.records.slice(0, decision.settledCount));
      if (decision.discarded.length > 0) {
        const discarded = {
          condition: "RetryAttemptsExhausted",
          records: decision.discarded,
          invokeCount: part.invokeCount + 1,
          lastInvocation: last,
        } as const;
        await this.#discard(discarded, settle);
      }
      parts = [...decision.remaining, ...others];
      if (decision.backOff) await this.#wait(backoffMs(Math.max(1, failures)));
    }
  }

  async #withoutExpired(
    part: Part,
    lastInvocation: LastInvocation | undefined,
    settle: (records: readonly StreamRecord[]) => void,
  ): Promise<Part> {
    const now = this.#scope.host.clock.now();
    const count = expiredCount(part.records, now, await this.#maximumAgeMs(part, now));
    if (count === 0) return part;
    const discarded = {
      condition: "RecordAgeExceeded",
      records: part.records.slice(0, count),
      invokeCount: part.invokeCount,
      ...(part.invokeCount > 0 && { lastInvocation }),
    } as const;
    await this.#discard(discarded, settle);
    return { ...part, records: part.records.slice(count) };
  }

  async #maximumAgeMs({ records }: Part, now: number): Promise<number> {
    const seconds = this.#scope.mapping.settings.maximumRecordAgeInSeconds;
    const limitMs = seconds === -1 ? Infinity : seconds * 1000;
    const isYoung = now - (records[0]?.arrivedAt ?? now) <= SHORTEST_RETENTION_MS;
    return isYoung ? limitMs : Math.min(limitMs, await this.#scope.retentionMs().catch(() => Infinity));
  }

  async #invoke(part: Part): Promise<{ outcome: Outcome; invocation?: LastInvocation }> {
    const { invoker, mapping, stopping, host } = this.#scope;
    const age = host.clock.now() - (part.records.at(-1)?.arrivedAt ?? host.clock.now());
    const { account, region } = mapping;
    const resource = [this.#functionName, this.#qualifier].filter((name) => name !== undefined).join(":");
    const of = { account, region, functionName: this.#functionName, resource };
    invoker.metrics?.record(of, "IteratorAge", age, "Milliseconds");
    try {
      const result = await invoker.invoke({
        account: mapping.account,
        region: mapping.region,
        functionName: this.#functionName,
        ...(this.#qualifier !== undefined && { qualifier: this.#qualifier }),
        payload: eventOf(part.records),
        signal: stopping,
      });
      return { outcome: outcomeOf(mapping, result, part.records), invocation: result };
    } catch (error) {
      if (stopping.aborted) return { outcome: { kind: "not-invoked" } };
      const name = (error as Error).name;
      if (name === "RequestTooLargeException") return { outcome: { kind: "failure" } };
      const log = name === "TooManyRequestsException" ? "debug" : "warn";
      host.log[log]("event source mapping cannot invoke its function", { mapping: mapping.uuid, error });
      return { outcome: { kind: "not-invoked" } };
    }
  }

  /** Leaves the trace that the mapping asks for. Tries until it is written: the records are settled only then. */
  async #discard(discard: Omit<Discard, "shardId">, settle: (records: readonly StreamRecord[]) => void): Promise<void> {
    const { host, call, mapping, shardId, draining } = this.#scope;
    const destination = mapping.settings.onFailureDestination;
    host.log.warn("event source mapping gives up records", {
      mapping: mapping.uuid,
      condition: discard.condition,
      shardId,
      startSequenceNumber: discard.records[0]?.sequenceNumber,
      endSequenceNumber: discard.records.at(-1)?.sequenceNumber,
      batchSize: discard.records.length,
      destination: destination ?? null,
    });
    for (let failures = 1; destination !== undefined; failures++) {
      try {
        await sendToDestination({ call, host }, mapping, destination, {
          ...discard,
          shardId,
        });
        break;
      } catch (error) {
        if (draining.aborted) return;
        host.log.warn("event source mapping cannot write to its destination", {
          mapping: mapping.uuid,
          destination,
          error,
        });
        this.#scope.report(`${DESTINATION_FAILED}: ${(error as Error).message}`);
        await this.#wait(backoffMs(failures));
        if (draining.aborted) return;
      }
    }
    settle(discard.records);
  }

  /** Ends early, and without an error, when draining begins. */
  async #wait(delayMs: number): Promise<void> {
    await this.#scope.host.scheduler.sleep(delayMs, this.#scope.draining).catch(() => undefined);
  }
}

function outcomeOf(
  mapping: Mapping,
  result: { readonly functionError?: string | undefined; readonly payload: string | Uint8Array },
  records: readonly StreamRecord[],
): Outcome {
  if (result.functionError !== undefined) return { kind: "failure" };
  if (!mapping.settings.reportBatchItemFailures) return { kind: "success" };
  const payload = typeof result.payload === "string" ? result.payload : Buffer.from(result.payload).toString();
  return partialOutcome(payload, records);
}

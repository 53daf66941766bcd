import { deliver } from "../../../emulator/model/deliver.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import { type Host, servicePrincipal } from "../../../emulator/model/context.ts";
import { ContributionStore } from "../insights/contribution-store.ts";
import type { MetricStore } from "../metric-store.ts";
import type { Alarm, AlarmState, CompositeAlarm, MetricAlarm, StateValue } from "../model.ts";
import { QueryRun, readStatistic, type QuerySources } from "../queries.ts";
import { decide, type Point, rangeOf } from "./decide.ts";
import { lambdaEvent, snsMessage } from "./notification.ts";
import { longDate, periodOf, reasonDataOf, reasonOf } from "./reason.ts";
import { holds, parseRule } from "./rule.ts";
import type { AlarmStore, PendingAction } from "./store.ts";

const MINUTE_MS = 60_000;

/** Evaluates alarms, cascades to the composite ones, and does the actions of those whose state changed. */
export class AlarmRunner {
  readonly #host: Host;
  readonly #metrics: (scope: AlarmStore["scope"]) => MetricStore;
  readonly #acting = new Map<string, Promise<void>>();
  #isStopped = false;

  constructor(host: Host, metrics: (scope: AlarmStore["scope"]) => MetricStore) {
    this.#host = host;
    this.#metrics = metrics;
  }

  /** What is under way is waited for; what is not done is done after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#acting.values());
  }

  /** Evaluates those of the alarms whose time has come at `now`, a multiple of ten seconds. */
  evaluate(store: AlarmStore, alarms: readonly Alarm[], now: number): void {
    const sources = {
      metrics: this.#metrics(store.scope),
      contributions: new ContributionStore(this.#host, store.scope),
    };
    for (const alarm of alarms) {
      if (alarm.type !== "MetricAlarm" || now % evaluationStepMs(alarm) !== 0) continue;
      try {
        this.#evaluateOne(store, sources, alarm, now);
      } catch (error) {
        // of one alarm: all others are evaluated nevertheless
        this.#host.log.error("an alarm cannot be evaluated", { alarm: alarm.arn, error });
      }
    }
    this.act(store);
  }

  #evaluateOne(store: AlarmStore, sources: QuerySources, alarm: MetricAlarm, now: number): void {
    const points = readPoints(sources, alarm, now);
    if (tooFewSamples(alarm, points)) return;
    const decision = decide(alarm, points);
    if (!decision || decision.value === alarm.state.value) return;
    const state = {
      value: decision.value,
      reason: reasonOf(alarm, decision),
      reasonData: reasonDataOf(alarm, decision, points, now),
    };
    this.#cascade(store, alarm, state, new Set());
  }

  /** Gives an alarm a state, and the composite alarms that look at it theirs. */
  setState(store: AlarmStore, alarm: Alarm, state: Pick<AlarmState, "value" | "reason" | "reasonData">): void {
    this.#cascade(store, alarm, state, new Set());
    this.act(store);
  }

  #cascade(
    store: AlarmStore,
    alarm: Alarm,
    state: Pick<AlarmState, "value" | "reason" | "reasonData">,
    seen: Set<string>,
    child?: Alarm,
  ): void {
    const now = this.#host.clock.now();
    const isNew = alarm.state.value !== state.value;
    const next = { ...state, updatedAt: now, transitionedAt: isNew ? now : alarm.state.transitionedAt };
    const changed = store.transition(alarm, next, child && [{ arn: child.arn, state: child.state }]);
    if (!isNew || seen.has(alarm.name)) return;
    seen.add(alarm.name);
    for (const parent of store.parentsOf(alarm.name)) {
      const value = stateOf(store, parent);
      if (value === parent.state.value) continue;
      this.#cascade(
        store,
        parent,
        { value, reason: transitioned(changed), reasonData: triggering(changed) },
        seen,
        changed,
      );
    }
  }

  /** The first evaluation of a composite alarm, and that after its rule was changed. */
  evaluateComposite(store: AlarmStore, alarm: CompositeAlarm, done: "created" | "updated"): void {
    const value = stateOf(store, alarm);
    if (value === alarm.state.value) return;
    this.setState(store, alarm, { value, reason: `${alarm.arn} was ${done} and its alarm rule evaluates to ${value}` });
  }

  /** Does the actions that wait, one after another. */
  act(store: AlarmStore): void {
    const key = `${store.scope.account} ${store.scope.region}`;
    if (this.#isStopped || this.#acting.has(key) || !store.nextAction()) return;
    this.#acting.set(
      key,
      this.#actAll(store, () => this.#acting.delete(key)).catch((error: unknown) => {
        this.#acting.delete(key);
        this.#host.log.error("the actions of alarms stand still", { ...store.scope, error });
      }),
    );
  }

  /** @param onDone called in the same turn in which nothing was left: what comes later begins anew */
  async #actAll(store: AlarmStore, onDone: () => void): Promise<void> {
    for (let pending = store.nextAction(); pending && !this.#isStopped; pending = store.nextAction()) {
      const { alarm } = pending.transition;
      const message = pending.action.includes(":lambda:")
        ? lambdaEvent(pending.transition, this.#host.ids.uuid())
        : snsMessage(pending.transition).message;
      let failure: string | undefined;
      try {
        await this.#send(pending, message);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        const known = error instanceof AwsError;
        this.#host.log[known ? "warn" : "error"]("an action of an alarm failed", {
          alarm: alarm.name,
          action: pending.action,
          error,
        });
      }
      store.actionDone(pending, message, failure);
    }
    onDone();
  }

  #send({ action, transition }: PendingAction, message: string): Promise<void> {
    const { account, region, alarm } = transition;
    const isFunction = action.includes(":lambda:");
    const service = isFunction ? "lambda.alarms.cloudwatch.amazonaws.com" : "cloudwatch.amazonaws.com";
    const call = this.#host.callAs({ account, region, principal: servicePrincipal(account, service, alarm.arn) });
    return deliver(call, action, { body: message, ...(!isFunction && { subject: snsMessage(transition).subject }) });
  }
}

/** How often an alarm is evaluated: of less than a minute every ten seconds, over more than a day every hour. */
function evaluationStepMs(alarm: MetricAlarm): number {
  const period = periodOf(alarm);
  if (period > 0 && period < 60) return 10_000;
  return period * alarm.evaluationPeriods > 86_400 ? 60 * MINUTE_MS : MINUTE_MS;
}

/** When alarms have to be looked at: the shortest step of them all. */
export const stepOf = (alarms: readonly Alarm[]): number | undefined =>
  alarms.reduce<number | undefined>((step, alarm) => {
    if (alarm.type === "CompositeAlarm") return step;
    return Math.min(step ?? MINUTE_MS, evaluationStepMs(alarm));
  }, undefined);

function readPoints(sources: QuerySources, alarm: MetricAlarm, now: number): Point[] {
  const periodMs = periodOf(alarm) * 1000;
  const count = rangeOf(alarm);
  const start = now - count * periodMs;
  const span = { start, end: now, now };
  const result = alarm.stat ? readStatistic(sources.metrics, alarm.stat, span) : undefined;
  const series = result ?? queried(sources, alarm, span);
  return Array.from({ length: count }, (_, index) => {
    const time = start + index * periodMs;
    return { time, value: series?.points.get(time), samples: result?.samples.get(time) };
  });
}

function queried(
  sources: QuerySources,
  { metrics = [] }: MetricAlarm,
  span: { start: number; end: number; now: number },
) {
  const returned = metrics.find(({ returnData }) => returnData);
  return returned && new QueryRun(sources, metrics, span).series(returned.id)[0];
}

/** Percentiles of few samples say little: such an alarm may wait until there are enough. */
function tooFewSamples({ stat, lowSamples, evaluationPeriods }: MetricAlarm, points: readonly Point[]): boolean {
  const percent = /^p([\d.]+)$/.exec(stat?.stat ?? "")?.[1];
  if (lowSamples !== "ignore" || percent === undefined) return false;
  const share = Number(percent) / 100;
  const needed = share >= 0.5 ? 10 / (1 - share) : 10 / share;
  return points.slice(-evaluationPeriods).some(({ samples }) => samples !== undefined && samples < needed);
}

const stateOf = (store: AlarmStore, alarm: CompositeAlarm): StateValue =>
  holds(parseRule(alarm.rule), (name) => store.get(name)?.state.value) ? "ALARM" : "OK";

const transitioned = ({ arn, state }: Alarm): string =>
  `${arn} transitioned to ${state.value} at ${wordedDate(state.transitionedAt)}`;

const triggering = ({ arn, state }: Alarm): string =>
  JSON.stringify({
    triggeringAlarms: [{ arn, state: { value: state.value, timestamp: longDate(state.transitionedAt) } }],
  });

/** Friday 09 August, 2024 14:03:15 UTC */
function wordedDate(time: number): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Date(time).toLocaleString("en-US", { timeZone: "UTC", ...options });
  const iso = new Date(time).toISOString();
  return `${part({ weekday: "long" })} ${iso.slice(8, 10)} ${part({ month: "long" })}, ${iso.slice(0, 4)} ${iso.slice(11, 19)} UTC`;
}

import { AwsError } from "../../../../emulator/model/errors.ts";
import type { Storage } from "../../../../emulator/storage/storage.ts";
import { FakeAws, FunctionError } from "../fake-aws.ts";
import type { Mapping, Position } from "../model.ts";
import { type AnyCall, forever, Life } from "./life.ts";
import { nextTurn, Pace } from "./pace.ts";
import type { CommonStep, Scenario } from "./scenario.ts";
import type { Side, Surroundings } from "./side.ts";
import { LONGEST_BACKOFF_MS } from "./shard-log.ts";
import { ScriptedFunction } from "./scripted-function.ts";
import { Violation } from "./violation.ts";

const UUID = "11111111-1111-4111-8111-111111111111";
/** Timers that may pass until all is done when nothing fails any more. */
const MOST_LAST_STOPS = 600;

/** Runs a scenario: the engine on fakes, and beside it a model, which is told all that goes in and out. */
export class World<S extends { readonly kind: string }> implements Surroundings {
  readonly aws: FakeAws;
  readonly pace: Pace;
  readonly function: ScriptedFunction;
  readonly #scenario: Scenario<S>;
  readonly #tell: ((line: string) => void) | undefined;
  readonly #baseHost: FakeAws["host"];
  readonly #side: Side<S>;
  #life: Life;
  #mapping: Mapping | undefined;
  #lastFailureAt = -Infinity;
  #isAsking = false;
  /** The turn in which the engine was told to begin nothing more. */
  #drainTurn = 0;
  #violation: Error | undefined;

  /** @param tell given what happens, line by line */
  constructor(
    scenario: Scenario<S>,
    sideOf: (around: Surroundings) => Side<S>,
    storage: Storage,
    tell?: (line: string) => void,
  ) {
    this.#scenario = scenario;
    this.#tell = tell;
    this.aws = new FakeAws(storage);
    this.#baseHost = this.aws.host;
    this.pace = new Pace(this.aws.clock, () => this.#check(true));
    this.function = new ScriptedFunction(scenario.turns, scenario.settings.reportBatchItemFailures);
    this.aws.handler = (event) => this.#invoked(event);
    this.#life = this.#begin();
    this.#side = sideOf(this);
  }

  /** @throws Violation */
  async run(): Promise<void> {
    const { commands, madeBefore } = this.#scenario;
    try {
      for (const [index, { pause, ...step }] of commands.entries()) {
        if (index === madeBefore) await this.#make();
        this.say(() => `--- ${step.kind}`);
        await this.#do(step as unknown as S | CommonStep);
        if (pause === "rest") await this.pace.rest();
        else {
          await this.pace.turns(pause);
          this.#check(false);
        }
      }
      if (!this.#mapping) await this.#make();
      await this.#finish();
    } finally {
      this.#life.kill();
      this.aws.clock.stop();
      if (this.#mapping) this.#engine.store.remove(this.#mapping);
    }
  }

  async #make(): Promise<void> {
    const { settings, isEnabled } = this.#scenario;
    // a position tells milliseconds apart, and no less
    await this.pace.wait(1);
    const mapping = this.aws.mapping(settings, {
      ...this.#side.mapping(),
      uuid: UUID,
      enabled: isEnabled,
    });
    this.#mapping = mapping;
    this.say(() => "--- the mapping is made");
    await this.#ask(() => this.#engine.create(mapping));
    this.#drained();
  }

  async #do(step: S | CommonStep): Promise<void> {
    switch (step.kind) {
      case "wait":
        return this.pace.wait((step as CommonStep & { kind: "wait" }).ms);
      case "kill":
      case "restart":
        return this.#restart(step.kind === "restart");
      case "enable":
      case "disable":
        return this.#update({ enabled: step.kind === "enable" });
      case "update": {
        const { settings } = step as CommonStep & { kind: "update" };
        const { settings: before } = this.#stored ?? this.#scenario;
        return this.#update({ settings: this.#side.merge(before, settings) });
      }
      default:
        return this.#side.do(step as S);
    }
  }

  async #update(changes: Partial<Mapping>): Promise<void> {
    if (!this.#mapping) return;
    if (this.#stored?.streamCreatedAt === undefined) await this.pace.wait(1);
    const before = this.#stored as Mapping;
    const isSettled = before.state === "Enabled" || before.state === "Disabled";
    try {
      await this.#ask(() => this.#engine.update(before, changes));
    } catch (error) {
      if (isSettled || (error as Error).name !== "ResourceInUseException") throw error;
      return;
    }
    if (!isSettled) throw new Violation(`a mapping that is ${before.state} was updated`);
    this.#drained();
  }

  /** A request to the engine; nothing that it reads for it fails. */
  async #ask(request: () => Promise<unknown>): Promise<void> {
    this.#isAsking = true;
    try {
      await request();
    } finally {
      this.#isAsking = false;
    }
  }

  /** The engine was told to come to an end with what it does, and to begin anew with what is stored now. */
  #drained(): void {
    this.#side.drain(this.#stored as Mapping);
    this.#drainTurn = this.pace.turn;
  }

  async #restart(isTold: boolean): Promise<void> {
    const ending = this.#life;
    this.#life = this.#begin();
    if (isTold) await ending.stop();
    else ending.kill();
    this.aws.clock.stop();
    this.#side.restarted();
    if (!this.#mapping) return;
    this.#check(false);
    this.#side.begin();
    this.#engine.start();
  }

  #begin(): Life {
    const call = this.#baseHost.callAs(undefined as never) as unknown as AnyCall;
    const life: Life = new Life({
      host: this.#baseHost,
      invoker: this.aws.invoker,
      call: (service, operation, input) => {
        this.guard(() => this.#noteBegin());
        return this.#side.call({
          service,
          operation,
          input,
          fake: call,
          isAsked: this.#isAsking,
          life,
        });
      },
      beforeCheckpoint: () => {
        if (!this.#isAsking) this.#side.beforeCheckpoint();
      },
      stir: () => this.pace.stir(),
      onViolation: (violation) => (this.#violation ??= violation),
    });
    this.aws.host = life.host;
    return life;
  }

  async #invoked(event: unknown): Promise<unknown> {
    const life = this.#life;
    const identifiers = this.#side.identifiers(event);
    const { waitMs, turns, ...behaviour } = this.function.behave(identifiers);
    const answer = this.#side.answerOf(behaviour.answer, event);
    this.say(() => `invoked with ${identifiers.join(" ")}: ${JSON.stringify(answer)} in ${waitMs} ms`);
    const ended = this.guard(() => {
      this.#requireEnabled();
      return this.#side.invoked(identifiers, event);
    });
    if (waitMs > 0) await this.aws.clock.sleep(waitMs);
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    if (life !== this.#life) return forever();
    this.say(() => `answered ${identifiers.join(" ")}`);
    this.guard(() => ended?.(answer));
    if (answer.kind === "returned") return answer.value;
    if (answer.kind === "failed") throw new FunctionError("bad");
    this.failed();
    throw new AwsError({ code: "TooManyRequestsException", status: 429 }, "Rate Exceeded.");
  }

  #requireEnabled(): void {
    const state = this.#stored?.state;
    if (state === "Enabled" || this.pace.turn <= this.#drainTurn + 1) return;
    if (this.#side.deliversWhatItHas && state !== "Disabled") return;
    throw new Violation(`invoked while the mapping is ${state}`);
  }

  /** The engine asks for something: if the mapping is enabled, it has begun to read anew. */
  #noteBegin(): void {
    if (!this.#side.isDraining || this.#stored?.state !== "Enabled") return;
    if (this.#side.isRunning) throw new Violation("reading began anew before what was under way has ended");
    this.#side.begin();
  }

  /** Nothing fails any more: everything must come to its end. */
  async #finish(): Promise<void> {
    this.say(() => "--- nothing fails from here on");
    this.function.heal();
    this.#side.heal();
    await this.pace.rest();
    for (let stop = 0; stop < MOST_LAST_STOPS; stop++) {
      if (this.#stored?.state === "Disabled") {
        await this.#update({ enabled: true });
        await this.pace.rest();
      }
      if (this.#stored?.state === "Enabled" && this.#side.isThrough) return;
      if (!this.pace.hasTimers) break;
      await this.pace.nextTimer();
    }
    throw new Violation(`nothing moves any more; left are ${this.#side.describeLeft()}`);
  }

  #check(isAtRest: boolean): void {
    if (this.#violation) throw this.#violation;
    const state = this.#stored?.state;
    if (state === undefined) return;
    const isStill = isAtRest && !this.#side.isRunning;
    if (isStill && state !== "Enabled" && state !== "Disabled") throw new Violation(`the mapping remains ${state}`);
    const isReading = state === "Enabled" && this.pace.now > this.#lastFailureAt + LONGEST_BACKOFF_MS;
    this.#side.check({ isStill, isAtRest, isReading });
    if (isStill && this.#side.isDraining) this.#side.begin();
  }

  failed(): void {
    this.#lastFailureAt = this.pace.now;
  }

  guard<T>(work: () => T): T | undefined {
    this.pace.stir();
    try {
      return work();
    } catch (error) {
      this.#violation ??= error as Error;
      return undefined;
    }
  }

  get #engine(): Life["engine"] {
    return this.#life.engine;
  }

  /** The mapping as it is stored, once it is made. */
  get #stored(): Mapping | undefined {
    if (!this.#mapping) return undefined;
    const { account, region, uuid } = this.#mapping;
    return this.#engine.store.get(account, region, uuid);
  }

  positions(): ReadonlyMap<string, Position> {
    return this.#mapping ? this.#engine.store.positions(this.#mapping) : new Map();
  }

  say(line: () => string): void {
    this.#tell?.(`${new Date(this.pace.now).toISOString().slice(8, -1)}  ${line()}`);
  }
}

import type { Call, Host } from "../../../../emulator/model/context.ts";
import { randomIds } from "../../../../emulator/runtime/ids.ts";
import { Logger } from "../../../../emulator/runtime/log.ts";
import { Signals } from "../../../../emulator/runtime/signals.ts";
import type { Invoker } from "../../invoker.ts";
import { MappingEngine } from "../engine.ts";
import { Violation } from "./violation.ts";

export type AnyCall = (service: string, operation: string, input: Record<string, unknown>) => Promise<unknown>;

export interface LifeScope {
  readonly host: Host;
  readonly invoker: Invoker;
  /** What the engine's calls of other services come to. */
  readonly call: AnyCall;
  /** Told before a checkpoint is written; may throw: then it is not. */
  readonly beforeCheckpoint: () => void;
  /** Something happens: the engine is not at rest. */
  readonly stir: () => void;
  readonly onViolation: (violation: Error) => void;
}

/** Errors are the engine's own; a warning is all that there is to see of records that are given up without a destination. */
class Log extends Logger {
  readonly #onWarning: () => void;

  constructor(onWarning: () => void, onError: (line: string) => void) {
    super("error", onError);
    this.#onWarning = onWarning;
  }

  override warn(): void {
    this.#onWarning();
  }
}

/** One process with an engine in it. When it has ended nothing that it asked for is ever answered. */
export class Life {
  readonly engine: MappingEngine;
  readonly host: Host;
  readonly #scope: LifeScope;
  #hasEnded = false;

  constructor(scope: LifeScope) {
    this.#scope = scope;
    let uuids = 0;
    this.host = {
      ...scope.host,
      signals: new Signals(),
      ids: {
        ...randomIds,
        uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, "0")}`,
      },
      log: new Log(
        () => scope.stir(),
        (line) => {
          if (!this.#hasEnded) scope.onViolation(new Violation(`the engine logs an error of its own: ${line}`));
        },
      ),
      callAs: () =>
        ((service: string, operation: string, input: Record<string, unknown>) =>
          this.#whileAlive(() => scope.call(service, operation, input))) as unknown as Call,
    };
    this.engine = new MappingEngine(this.host, {
      invoke: (request) => this.#whileAlive(() => scope.invoker.invoke(request)),
    });
    this.#guardCheckpoints();
  }

  /** The storage fails where the scenario has it fail. */
  #guardCheckpoints(): void {
    const { store } = this.engine;
    const write = store.checkpoint.bind(store);
    store.checkpoint = (...checkpoint) => {
      // a process that is gone writes nothing, whatever it was about to do
      if (this.#hasEnded) return;
      this.#scope.beforeCheckpoint();
      write(...checkpoint);
    };
    const putWindow = store.putWindow.bind(store);
    store.putWindow = (...window) => {
      if (!this.#hasEnded) putWindow(...window);
    };
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** As a power cut does: nothing is ever answered. */
  kill(): void {
    this.#hasEnded = true;
    // only so that what it has begun by itself comes to nothing, too
    void this.engine.stop().catch(() => undefined);
  }

  /** As a signal does: the engine is told. */
  async stop(): Promise<void> {
    await this.engine.stop();
    this.#hasEnded = true;
  }

  async #whileAlive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hasEnded) return forever();
    this.#scope.stir();
    try {
      const result = await work();
      if (this.#hasEnded) return await forever();
      return result;
    } catch (error) {
      if (this.#hasEnded) return await forever();
      throw error;
    } finally {
      this.#scope.stir();
    }
  }
}

export const forever = (): Promise<never> => new Promise<never>(() => undefined);

import type { Outcome } from "./outcome.ts";
import type { Environment, Invocation, InvocationResult } from "./environment.ts";

/** Environments that end before they take an event are tried again so often. */
const MOST_ATTEMPTS = 3;

interface Waiting {
  readonly invocation: Invocation;
  readonly attempt: number;
  readonly resolve: (result: InvocationResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface PoolHost {
  /** Begins a start when the machine has room for it; `starting` counts from the call on. */
  start(pool: Pool): void;
  /** An environment is idle from now on; the returned function ends its being so. */
  onIdle(pool: Pool, environment: Environment): () => void;
}

/** The environments of one revision of one version of a function: idle ones are used again, the last used first. */
export class Pool {
  readonly #host: PoolHost;
  readonly #idle: { environment: Environment; wake: () => void }[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #all = new Set<Environment>();
  readonly #recycled = new WeakSet<Environment>();
  #starting = 0;
  #isRetired = false;

  constructor(host: PoolHost) {
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#waiting.length === 0 && this.#starting === 0;
  }

  get environments(): ReadonlySet<Environment> {
    return this.#all;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Runs an invocation on an idle environment, or on the first one that is free or has started. */
  run(invocation: Invocation, attempt = 1): Promise<InvocationResult> {
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      entry.wake();
      if (entry.environment.isUsable) return this.#runOn(entry.environment, invocation, attempt);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ invocation, attempt, resolve, reject });
      if (this.#starting < this.#waiting.length) {
        this.#starting++;
        this.#host.start(this);
      }
    });
  }

  async #runOn(environment: Environment, invocation: Invocation, attempt: number): Promise<InvocationResult> {
    const result = await environment.run(invocation);
    this.#release(environment);
    return result.outcome.notTaken && attempt < MOST_ATTEMPTS ? this.run(invocation, attempt + 1) : result;
  }

  /** An environment was made; it takes whoever waits as soon as it is ready. */
  async started(environment: Environment): Promise<void> {
    this.#all.add(environment);
    const failure = await environment.ready;
    this.#starting--;
    if (failure) this.#failWaiting(environment, failure);
    else this.#release(environment);
  }

  /** No environment could be made at all. */
  startFailed(error: unknown): void {
    this.#starting--;
    this.#waiting.shift()?.reject(error);
  }

  #failWaiting(environment: Environment, failure: (requestId: string) => Outcome): void {
    const waiting = this.#waiting.shift();
    if (waiting) {
      const outcome = failure(waiting.invocation.requestId);
      const logTail = environment.reportFailedStart(waiting.invocation, outcome);
      waiting.resolve({ outcome, ...(logTail !== undefined && { logTail }) });
    }
    this.#startForWaiting();
  }

  #release(environment: Environment): void {
    if (this.#recycled.has(environment)) environment.kill();
    if (!environment.isUsable) return this.#startForWaiting();
    const waiting = this.#waiting.shift();
    if (waiting) {
      this.#runOn(environment, waiting.invocation, waiting.attempt).then(waiting.resolve, waiting.reject);
    } else if (this.#isRetired) {
      environment.kill();
    } else {
      this.#idle.push({ environment, wake: this.#host.onIdle(this, environment) });
    }
  }

  /** Environments that died leave those who wait behind. */
  #startForWaiting(): void {
    while (this.#starting < this.#waiting.length) {
      this.#starting++;
      this.#host.start(this);
    }
  }

  ended(environment: Environment): void {
    this.#all.delete(environment);
    const at = this.#idle.findIndex((entry) => entry.environment === environment);
    if (at >= 0) this.#idle.splice(at, 1)[0]?.wake();
  }

  /** Ends an environment that is old enough: at once, or after what it does. */
  recycle(environment: Environment): void {
    if (this.#idle.some((entry) => entry.environment === environment)) environment.kill();
    else this.#recycled.add(environment);
  }

  /** Idle environments end now, busy ones after what they do. */
  retire(): void {
    this.#isRetired = true;
    for (const { environment, wake } of this.#idle.splice(0)) {
      wake();
      environment.kill();
    }
  }
}

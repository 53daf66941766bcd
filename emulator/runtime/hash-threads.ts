import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** What `createHash` knows. */
export type HashName = "md5" | "sha1" | "sha256" | "sha512";

interface Answer {
  readonly job: number;
  readonly digests?: readonly Uint8Array[];
}

interface Waiting {
  readonly resolve: (digests: readonly Uint8Array[]) => void;
  readonly reject: (error: Error) => void;
}

const WORKER = new URL("hash-worker.js", import.meta.url);
const MOST_THREADS = 4;

/**
 * Digests of large bodies, on threads of their own: MD5 takes as long as all the rest of an upload, and Node computes it where it is
 * asked for. Threads begin when they are needed, and do not keep the process alive.
 */
export class HashThreads {
  readonly #threads: Thread[] = [];

  /** Digests of one body. */
  start(algorithms: readonly HashName[]): ThreadedHash {
    return new ThreadedHash(this.#idlest(), algorithms);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.stop()));
  }

  #idlest(): Thread {
    const [idlest] = this.#threads.toSorted((a, b) => a.bodies - b.bodies);
    const mayGrow = this.#threads.length < Math.min(MOST_THREADS, availableParallelism());
    if (idlest && (idlest.bodies === 0 || !mayGrow)) return idlest;
    const thread = new Thread((ended) => {
      const index = this.#threads.indexOf(ended);
      if (index >= 0) this.#threads.splice(index, 1);
    });
    this.#threads.push(thread);
    return thread;
  }
}

class Thread {
  /** Those that it has under way. */
  bodies = 0;
  readonly #worker = new Worker(WORKER);
  readonly #waiting = new Map<number, Waiting>();
  #jobs = 0;
  /** Why nobody answers any more. */
  #ended: Error | undefined;

  constructor(onFailure: (thread: Thread) => void) {
    this.#worker.unref();
    this.#worker.on("message", ({ job, digests = [] }: Answer) => {
      this.#waiting.get(job)?.resolve(digests);
      this.#waiting.delete(job);
    });
    this.#worker.on("error", (error: Error) => {
      onFailure(this);
      this.#end(error);
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  ask(message: object): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const job = ++this.#jobs;
      this.#waiting.set(job, { resolve, reject });
      this.#worker.postMessage({ ...message, job });
    });
  }

  tell(message: object): void {
    this.#worker.postMessage(message);
  }

  async stop(): Promise<void> {
    this.#end(new Error("the thread was stopped"));
    await this.#worker.terminate();
  }
}

let lastBody = 0;

export class ThreadedHash {
  readonly #thread: Thread;
  readonly #algorithms: readonly HashName[];
  readonly #body = ++lastBody;
  #isOver = false;

  constructor(thread: Thread, algorithms: readonly HashName[]) {
    this.#thread = thread;
    this.#algorithms = algorithms;
    thread.bodies++;
  }

  /** @param piece in shared memory, or it is copied; it has to stay as it is until the promise is fulfilled */
  async update(piece: Uint8Array): Promise<void> {
    await this.#thread.ask({ kind: "update", body: this.#body, algorithms: this.#algorithms, piece });
  }

  /** In the order of the algorithms. */
  async digest(): Promise<readonly Buffer[]> {
    this.#end();
    const message = { kind: "digest", body: this.#body, algorithms: this.#algorithms };
    return (await this.#thread.ask(message)).map((bytes) => Buffer.from(bytes));
  }

  /** Nobody will ask for the digests. */
  drop(): void {
    if (this.#isOver) return;
    this.#end();
    this.#thread.tell({ kind: "drop", body: this.#body });
  }

  #end(): void {
    if (!this.#isOver) this.#thread.bodies--;
    this.#isOver = true;
  }
}

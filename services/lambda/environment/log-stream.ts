import { setTimeout } from "node:timers";
import type { Call, Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** PutLogEvents takes at most so many events and bytes at once, each with this overhead. */
const BATCH_EVENTS = 10_000;
const BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
/** Beyond this the environment's output is not read any further until CloudWatch Logs has taken some. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;

const GATHER_MS = 5;

/** Characters of a line may be up to three bytes. An upper bound is enough for batches. */
const sizeOf = ({ message }: LogEvent): number => message.length * 3 + EVENT_OVERHEAD_BYTES;

/**
 * One environment's stream in CloudWatch Logs. Events are put in the background, as many at once as have gathered; what
 * cannot be put (a role without the permission, a group that somebody just deleted) is lost, as on AWS.
 */
export class LogStream {
  readonly name: string;
  readonly group: string;
  readonly #host: Host;
  readonly #call: Call;
  #queue: LogEvent[] = [];
  #queuedBytes = 0;
  #isCreated = false;
  #hasWarned = false;
  #flushing: Promise<void> | undefined;
  #onDrain: (() => void) | undefined;

  constructor(host: Host, call: Call, group: string, name: string) {
    this.#host = host;
    this.#call = call;
    this.group = group;
    this.name = name;
  }

  /** @returns whether the stream takes more; when not, `onDrain` is called once it does */
  write(message: string, onDrain?: () => void): boolean {
    const event = { timestamp: this.#host.clock.now(), message };
    this.#queue.push(event);
    this.#queuedBytes += sizeOf(event);
    this.#flushing ??= this.#flush();
    if (this.#queuedBytes < HIGH_WATER_BYTES) return true;
    if (onDrain) this.#onDrain = onDrain;
    return false;
  }

  /** Resolves when everything that was written is put. */
  async flushed(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // lets the lines of an invocation, and of those that follow it at once, gather
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    try {
      while (this.#queue.length > 0) await this.#put(this.#takeBatch());
    } catch (error) {
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#warn(error as Error);
    }
    this.#flushing = undefined;
    this.#drained();
  }

  /** Nobody else will say why the function has no log: once, as each of its lines would fail. */
  #warn({ name, message }: Error): void {
    const level = this.#hasWarned ? "debug" : "warn";
    this.#hasWarned = true;
    this.#host.log[level]("log events of a function are lost", { group: this.group, error: `${name}: ${message}` });
  }

  #drained(): void {
    const onDrain = this.#onDrain;
    this.#onDrain = undefined;
    onDrain?.();
  }

  #takeBatch(): LogEvent[] {
    let count = 0;
    let bytes = 0;
    for (const event of this.#queue) {
      if (count === BATCH_EVENTS || (count > 0 && bytes + sizeOf(event) > BATCH_BYTES)) break;
      bytes += sizeOf(event);
      count++;
    }
    const batch = count === this.#queue.length ? this.#queue : this.#queue.slice(0, count);
    this.#queue = count === this.#queue.length ? [] : this.#queue.slice(count);
    this.#queuedBytes -= bytes;
    if (this.#queuedBytes < HIGH_WATER_BYTES / 2) this.#drained();
    return batch;
  }

  async #put(logEvents: LogEvent[]): Promise<void> {
    if (!this.#isCreated) await this.#create();
    const put = () =>
      this.#call("logs", "PutLogEvents", { logGroupName: this.group, logStreamName: this.name, logEvents });
    try {
      await put();
    } catch (error) {
      // the group was deleted while the environment was warm
      if (!(error instanceof AwsError) || error.name !== "ResourceNotFoundException") throw error;
      await this.#create();
      await put();
    }
  }

  async #create(): Promise<void> {
    const create = () =>
      ignoreExisting(this.#call("logs", "CreateLogStream", { logGroupName: this.group, logStreamName: this.name }));
    try {
      await create();
    } catch (error) {
      // a role that may not make groups can do with one that is there
      if (!(error instanceof AwsError) || error.name !== "ResourceNotFoundException") throw error;
      await ignoreExisting(this.#call("logs", "CreateLogGroup", { logGroupName: this.group }));
      await create();
    }
    this.#isCreated = true;
  }
}

async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "ResourceAlreadyExistsException") throw error;
  }
}

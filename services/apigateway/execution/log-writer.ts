import { setImmediate } from "node:timers";
import type { Call, Host, Principal } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";

/** Where lines go. */
export interface LogPlace {
  readonly account: string;
  readonly region: string;
  /** Whose call it is: a session of the account's role for CloudWatch. */
  readonly principal: Principal;
  readonly group: string;
  readonly stream: string;
  /** Whether the group is made where it is missing. */
  readonly createGroup: boolean;
}

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** Lines that wait at the most, for a place; what comes on top is lost, as with AWS's best effort. */
const MOST_WAITING = 10_000;
const LARGEST_BATCH = 1_000;

/** Writes lines to log groups, behind the requests that they are about. */
export class LogWriter {
  readonly #host: Host;
  readonly #waiting = new Map<string, { readonly place: LogPlace; readonly lines: Line[] }>();
  #running: Promise<void> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  write(place: LogPlace, lines: readonly Line[]): void {
    if (lines.length === 0) return;
    const key = `${place.account}/${place.region}/${place.group}/${place.stream}`;
    const waiting = this.#waiting.get(key) ?? { place, lines: [] };
    if (waiting.lines.length >= MOST_WAITING) return;
    waiting.lines.push(...lines);
    this.#waiting.set(key, waiting);
    this.#running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#flush());
  }

  /** Resolves when everything is written. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #flush(): Promise<void> {
    try {
      for (;;) {
        const [first] = this.#waiting;
        if (!first) return;
        this.#waiting.delete(first[0]);
        await this.#put(first[1].place, first[1].lines);
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #put(place: LogPlace, lines: readonly Line[]): Promise<void> {
    const call = this.#host.callAs(place);
    try {
      for (let at = 0; at < lines.length; at += LARGEST_BATCH) {
        const events = lines.slice(at, at + LARGEST_BATCH);
        await putEvents(call, place, events);
      }
    } catch (error) {
      const level = error instanceof AwsError ? "warn" : "error";
      this.#host.log[level]("API Gateway cannot write a log", { group: place.group, error });
    }
  }
}

async function putEvents(call: Call, { group, stream, createGroup }: LogPlace, events: readonly Line[]): Promise<void> {
  const put = () =>
    call("logs", "PutLogEvents", { logGroupName: group, logStreamName: stream, logEvents: [...events] });
  try {
    await put();
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "ResourceNotFoundException") throw error;
    if (createGroup) await unlessThere(call("logs", "CreateLogGroup", { logGroupName: group }));
    await unlessThere(call("logs", "CreateLogStream", { logGroupName: group, logStreamName: stream }));
    await put();
  }
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "ResourceAlreadyExistsException") throw error;
  }
}

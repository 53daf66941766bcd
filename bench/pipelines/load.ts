import { setTimeout as delay } from "node:timers/promises";
import { deployPipeline } from "../../cli/commands/deploy.ts";
import { findPipeline } from "../../cli/pipelines/index.ts";
import type { Deployed } from "../../cli/pipelines/pipeline.ts";
import { findTarget } from "../../cli/targets/index.ts";

/** What is particular to the measurement of one pipeline. */
export interface PipelineBench {
  readonly name: string;
  /** Parameters of the template, each measured on an emulator of its own. */
  readonly settings: readonly { readonly label: string; readonly parameters: Readonly<Record<string, string>> }[];
  /** Events of one round of the sustained load. */
  readonly events: number;
  /** How the sustained load is sent, in a few words. */
  readonly producer: string;
  open(deployed: Deployed): Promise<PipelineLoad>;
}

/** Events for a deployed pipeline, and looks at what is stored of them. */
export interface PipelineLoad {
  /** Sends one event in a call of its own; resolves with its identity when it is acknowledged. */
  send(): Promise<string>;
  /** Those of the events that are stored by now. */
  stored?(pending: readonly string[]): Promise<readonly string[]>;
  /** Instead, where an acknowledged event is a stored one: fails if it is not, asked when all were sent. */
  check?(id: string): Promise<void>;
  /** Sends so many events as fast as they are taken; resolves when all of them are acknowledged. */
  produce(count: number): Promise<void>;
  /** Events that are stored in all. */
  countStored(): Promise<number>;
  close(): void;
}

const POLL_MS = 5;
/** Calls under way at most: a machine that is too slow would else be buried under functions that start. */
const LANES = 16;
const PATIENCE_MS = 180_000;
/** Looks at a whole store take at most this share of the time, so that they do not slow what they look at. */
const LOOKING_SHARE = 0.2;

export async function deployed(
  port: number,
  name: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Deployed> {
  const target = await findTarget({ target: "embedded", endpoint: `http://127.0.0.1:${port}` });
  const outputs = await deployPipeline(target, findPipeline(name), parameters, { write: () => true });
  return { target, outputs };
}

/** A run of `headwater produce` with these options. */
export async function runProducer(deployedPipeline: Deployed, name: string, options: object, count: number) {
  const { produce } = await findPipeline(name).load();
  const context = { signal: new AbortController().signal, print: () => {} };
  const run = produce.run(deployedPipeline, options, context);
  await run.run();
  if (run.stats.sent !== count) throw new Error(`${name}: ${run.stats.sent} events were taken of ${count}`);
}

/**
 * Milliseconds of each event from its sending until it is seen in the store. Events are sent on a schedule of `rate` a second,
 * whatever became of those before them, and their time begins when they are due.
 */
export async function latencies(load: PipelineLoad, events: number, rate: number): Promise<number[]> {
  const pending = new Map<string, number>();
  const answered: string[] = [];
  const taken: number[] = [];
  let isSent = false;
  const sending = sendOnSchedule(events, rate, async (sentAt) => {
    const id = await load.send();
    if (load.stored) pending.set(id, sentAt);
    else taken.push(performance.now() - sentAt);
    answered.push(id);
  }).finally(() => (isSent = true));
  // it is awaited below
  sending.catch(() => undefined);
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSent || pending.size > 0) {
    const found = pending.size > 0 ? await load.stored!([...pending.keys()]) : [];
    const seenAt = performance.now();
    for (const id of found) {
      taken.push(seenAt - pending.get(id)!);
      pending.delete(id);
    }
    if (seenAt > deadline) throw new Error(`${pending.size} events were not stored in time`);
    await delay(POLL_MS);
  }
  await sending;
  for (const id of answered) await load.check?.(id);
  return taken;
}

/** What is due while all lanes are busy waits for one, and the time of that wait is its own. */
async function sendOnSchedule(events: number, rate: number, send: (dueAt: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const lanes = Array.from({ length: LANES }, () => Promise.resolve());
  for (let index = 0; index < events; index++) {
    const dueAt = startedAt + (index * 1000) / rate;
    const wait = dueAt - performance.now();
    if (wait > 0) await delay(wait);
    const lane = lanes[index % LANES]!.then(() => send(dueAt));
    // what fails is told of below
    lane.catch(() => undefined);
    lanes[index % LANES] = lane;
  }
  await Promise.all(lanes);
}

/** Seconds from the first event's sending until all of them are stored. */
export async function sustained(load: PipelineLoad, events: number): Promise<number> {
  const expected = (await load.countStored()) + events;
  const startedAt = performance.now();
  await load.produce(events);
  for (;;) {
    const askedAt = performance.now();
    const count = await load.countStored();
    const seenAt = performance.now();
    if (count > expected) throw new Error(`${count} events are stored, of ${expected} that were sent`);
    if (count === expected) return (seenAt - startedAt) / 1000;
    if (seenAt - startedAt > PATIENCE_MS) throw new Error(`${count} of ${expected} events were stored in time`);
    await delay(Math.max(POLL_MS, (seenAt - askedAt) * (1 / LOOKING_SHARE - 1)));
  }
}

import { fromToken, toToken } from "../../emulator/model/paging.ts";
import { invalidNextToken } from "./errors.ts";
import type { Position, StoredEvent } from "./model.ts";

/** What one answer of GetLogEvents and FilterLogEvents holds at the most, in events and in bytes. */
export const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
/** How many events one FilterLogEvents call looks at: an answer may be empty and still have a next page. */
const MOST_SEARCHED = 50_000;

export function takePage(events: Iterable<StoredEvent>, limit: number): StoredEvent[] {
  const page: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += Buffer.byteLength(event.message);
    if (page.length >= limit || (bytes > MOST_BYTES && page.length > 0)) break;
    page.push(event);
  }
  return page;
}

/** The events of one stream, in order. */
export interface EventSource {
  /** No event is older than this, in epoch milliseconds. */
  readonly firstAt: number;
  read(): Generator<StoredEvent>;
}

interface Head {
  readonly source: Generator<StoredEvent>;
  event: StoredEvent;
}

/** Events of several streams as one in order of time. A stream is opened when its time has come: most do not overlap. */
export function* mergeByTime(sources: readonly EventSource[]): Generator<StoredEvent> {
  const waiting = sources.toSorted((a, b) => b.firstAt - a.firstAt);
  const heads = new Set<Head>();
  try {
    for (;;) {
      let first: Head | undefined;
      for (const head of heads) if (!first || compare(head.event, first.event) < 0) first = head;
      for (let next = waiting.at(-1); next; next = waiting.at(-1)) {
        if (first && next.firstAt > first.event.timestamp) break;
        waiting.pop();
        const source = next.read();
        const { done, value } = source.next();
        if (done) continue;
        const head: Head = { source, event: value };
        heads.add(head);
        if (!first || compare(value, first.event) < 0) first = head;
      }
      if (!first) return;
      yield first.event;
      const { done, value } = first.source.next();
      if (done) heads.delete(first);
      else first.event = value;
    }
  } finally {
    // whoever reads a page leaves the rest: an iterator that is left open holds on to its snapshot of the storage
    for (const { source } of heads) source.return(undefined);
  }
}

type FilterPosition = Position & { readonly stream: string };

const compare = (a: FilterPosition, b: FilterPosition): number =>
  a.timestamp - b.timestamp || (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.number - b.number);

export function filterPage(
  events: Iterable<StoredEvent>,
  matches: (message: string) => boolean,
  after: FilterPosition | undefined,
  limit: number,
): { events: StoredEvent[]; nextToken?: string } {
  const page: StoredEvent[] = [];
  let bytes = 0;
  let searched = 0;
  let last: StoredEvent | undefined;
  for (const event of events) {
    if (after && compare(event, after) <= 0) continue;
    const isMatch = matches(event.message);
    bytes += isMatch ? Buffer.byteLength(event.message) : 0;
    const full = page.length >= limit || (bytes > MOST_BYTES && page.length > 0) || searched >= MOST_SEARCHED;
    if (full && last) return { events: page, nextToken: writeFilterToken(last) };
    if (isMatch) page.push(event);
    last = event;
    searched++;
  }
  return { events: page };
}

/** An id that orders as the events do, in the form of CloudWatch's: 56 digits. */
export const eventId = ({ timestamp, number }: Position): string =>
  `${String(timestamp).padStart(16, "3")}${String(number).padStart(40, "0")}`;

export const writeToken = (direction: "f" | "b", position: Position): string => `${direction}/${eventId(position)}/s`;

export function readToken(token: string): { direction: "f" | "b"; position: Position } {
  const [, direction, timestamp, number] = /^([fb])\/(\d{16})(\d{40})\/s$/.exec(token) ?? [];
  if (direction === undefined) throw invalidNextToken();
  const position = { timestamp: Number(timestamp?.replace(/^3+(?=\d{13}$)/, "")), number: Number(number) };
  return { direction: direction as "f" | "b", position };
}

const writeFilterToken = ({ timestamp, number, stream }: FilterPosition): string =>
  toToken(JSON.stringify([timestamp, number, stream]));

export function readFilterToken(token: string): FilterPosition {
  try {
    const [timestamp, number, stream] = JSON.parse(fromToken(token)) as unknown[];
    if (typeof timestamp === "number" && typeof number === "number" && typeof stream === "string") {
      return { timestamp, number, stream };
    }
  } catch {
    // not a token of ours: refused below like any other
  }
  throw invalidNextToken();
}

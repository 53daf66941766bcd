import { AwsError, type CommonError } from "../model/errors.ts";
import type { Member, Shape, StructureShape } from "./shapes.ts";

/** The parts of a request that Smithy's HTTP traits bind members to. */
export interface BoundRequest {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

type Direction = "request" | "response";

/** Shapes that serve in both directions carry the bindings of both: a response has no query, a request no status. */
function isBound({ traits }: Member, direction: Direction): boolean {
  if (traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined || traits.httpPayload !== undefined) {
    return true;
  }
  return direction === "response"
    ? traits.httpResponseCode !== undefined
    : traits.httpQuery !== undefined || traits.httpQueryParams !== undefined || traits.httpLabel !== undefined;
}

/** The member that is the whole body, if the structure has one, and whether other members share a body document. */
export function bodyOf(
  shape: StructureShape,
  direction: Direction,
): {
  payload?: Member;
  inDocument: (member: Member) => boolean;
  hasDocument: boolean;
} {
  const payload = shape.members.find((member) => member.traits.httpPayload);
  return {
    ...(payload && { payload }),
    inDocument: (member) => !isBound(member, direction),
    hasDocument: !payload && shape.members.some((member) => !isBound(member, direction)),
  };
}

/** What a member is of a request; undefined: it is not there. */
type Reader = (request: BoundRequest, error: CommonError) => unknown;

/** The members that labels, query and headers hold. Made once for a shape: S3's requests have some forty of them. */
const readersOf = new WeakMap<StructureShape, readonly (readonly [name: string, read: Reader])[]>();

/** Members from labels, query and headers. */
export function readBindings(
  shape: StructureShape,
  request: BoundRequest,
  error: CommonError,
): Record<string, unknown> {
  let readers = readersOf.get(shape);
  if (!readers) {
    readers = shape.members.flatMap((member) => {
      const read = readerOf(member);
      return read ? [[member.name, read] as const] : [];
    });
    readersOf.set(shape, readers);
  }
  const out: Record<string, unknown> = {};
  for (const [name, read] of readers) {
    const value = read(request, error);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

function readerOf(member: Member): Reader | undefined {
  const { traits, name } = member;
  const shape = member.shape();
  const dates = traits.httpHeader === undefined ? "date-time" : "http-date";
  const one = (text: string, error: CommonError, of: Shape = shape): unknown => readText(of, text, name, error, dates);
  if (traits.httpLabel) {
    return ({ labels }, error) => (labels[name] === undefined ? undefined : one(labels[name], error));
  }
  if (traits.httpHeader !== undefined) {
    const header = traits.httpHeader.toLowerCase();
    return ({ headers }, error) => {
      const text = headers[header];
      if (text === undefined) return undefined;
      if (shape.kind !== "list") return one(text, error);
      return text.split(",").map((item) => one(item.trim(), error, shape.element()));
    };
  }
  if (traits.httpQuery !== undefined) {
    const parameter = traits.httpQuery;
    return ({ query }, error) => {
      const first = query.get(parameter);
      if (first === null) return undefined;
      if (shape.kind !== "list") return one(first, error);
      return query.getAll(parameter).map((text) => one(text, error, shape.element()));
    };
  }
  if (traits.httpQueryParams) return ({ query }) => Object.fromEntries(query);
  if (traits.httpPrefixHeaders === undefined) return undefined;
  const prefix = traits.httpPrefixHeaders.toLowerCase();
  return ({ headers }) => headersUnder(prefix, headers);
}

function headersUnder(prefix: string, headers: BoundRequest["headers"]): Record<string, string> | undefined {
  const found: [name: string, text: string][] = [];
  for (const name in headers) {
    if (name.startsWith(prefix)) found.push([name.slice(prefix.length), headers[name] ?? ""]);
  }
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function readText(
  shape: Shape,
  text: string,
  name: string,
  error: CommonError,
  dates: "http-date" | "date-time",
): unknown {
  const fail = (): never => {
    throw new AwsError(error, `Invalid value for ${name}: ${text.slice(0, 200)}`);
  };
  switch (shape.kind) {
    case "number": {
      const value = Number(text);
      return text.trim() === "" || !Number.isFinite(value) ? fail() : value;
    }
    case "boolean":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : fail();
    case "timestamp": {
      const seconds = /^\d+(\.\d+)?$/.test(text) && (shape.format === "epoch-seconds" || dates === "date-time");
      const date = new Date(seconds ? Number(text) * 1000 : text);
      return Number.isNaN(date.getTime()) ? fail() : date;
    }
    case "blob":
      return Buffer.from(text, "base64");
    default:
      return text;
  }
}

type Writer = (value: unknown, answer: { status: number; headers: Record<string, string> }) => void;

const writersOf = new WeakMap<StructureShape, readonly (readonly [name: string, write: Writer])[]>();

/** Sets the headers and the status that the output's members are bound to. */
export function writeBindings(
  shape: StructureShape,
  output: Readonly<Record<string, unknown>>,
  answer: { status: number; headers: Record<string, string> },
): void {
  let writers = writersOf.get(shape);
  if (!writers) {
    writers = shape.members.flatMap((member) => {
      const write = writerOf(member);
      return write ? [[member.name, write] as const] : [];
    });
    writersOf.set(shape, writers);
  }
  for (const [name, write] of writers) {
    const value = output[name];
    if (value !== undefined && value !== null) write(value, answer);
  }
}

function writerOf({ traits, shape }: Member): Writer | undefined {
  if (traits.httpHeader !== undefined) {
    const header = traits.httpHeader.toLowerCase();
    const of = shape();
    return (value, { headers }) => {
      headers[header] = writeText(of, value);
    };
  }
  if (traits.httpPrefixHeaders !== undefined) {
    const prefix = traits.httpPrefixHeaders;
    return (value, { headers }) => {
      for (const [key, text] of Object.entries(value as object)) headers[prefix + key] = String(text);
    };
  }
  if (traits.httpResponseCode === undefined) return undefined;
  return (value, answer) => {
    answer.status = Number(value);
  };
}

function writeText(shape: Shape, value: unknown): string {
  if (value instanceof Date) {
    if (shape.kind === "timestamp" && shape.format === "date-time") return value.toISOString();
    if (shape.kind === "timestamp" && shape.format === "epoch-seconds") return String(value.getTime() / 1000);
    return value.toUTCString();
  }
  if (Array.isArray(value)) return value.map(String).join(", ");
  return String(value);
}

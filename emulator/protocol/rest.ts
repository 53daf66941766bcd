import { AwsError, type CommonError } from "../model/errors.ts";
import type { Member, Shape, StructureShape, Traits } from "./shapes.ts";

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

/** What a member is of a request. */
type Read = (text: string, request: BoundRequest) => unknown;

interface Reader {
  readonly member: string;
  readonly read: Read;
  readonly isNumber?: boolean;
}

/** How a shape's members are read, by where they stand: a request has few of what S3's inputs may have. */
interface Readers {
  readonly labels: ReadonlyMap<string, Reader>;
  readonly headers: ReadonlyMap<string, Reader>;
  readonly queries: ReadonlyMap<string, Reader>;
  readonly whole: readonly { readonly member: string; readonly read: (request: BoundRequest) => unknown }[];
}

/** Reads a shape's members from labels, query and headers. @param error of what cannot be read */
export function bindingsReader(
  shape: StructureShape,
  error: CommonError,
): (request: BoundRequest) => Record<string, unknown> {
  const readers = compileReaders(shape, error);
  return (request) => {
    const out: Record<string, unknown> = {};
    const { labels, headers, query } = request;
    const put = ({ member, read }: Reader, text: string): void => {
      out[member] = read(text, request);
    };
    for (const name in labels) {
      const reader = readers.labels.get(name);
      if (reader) put(reader, labels[name] as string);
    }
    for (const name in headers) {
      const reader = readers.headers.get(name);
      if (reader) put(reader, headers[name] as string);
    }
    if (query.size > 0) {
      for (const [name, text] of query) {
        const reader = readers.queries.get(name);
        // the first one of a name counts, and a number that is empty is none
        if (reader && out[reader.member] === undefined && !(reader.isNumber && text === "")) put(reader, text);
      }
    }
    for (const { member, read } of readers.whole) {
      const value = read(request);
      if (value !== undefined) out[member] = value;
    }
    return out;
  };
}

function compileReaders(shape: StructureShape, error: CommonError): Readers {
  const labels = new Map<string, Reader>();
  const headers = new Map<string, Reader>();
  const queries = new Map<string, Reader>();
  const whole: Readers["whole"][number][] = [];
  for (const { name: member, traits, shape: shapeOf } of shape.members) {
    const of = shapeOf();
    const dates = traits.httpHeader === undefined ? "date-time" : "http-date";
    const one: Read = (text) => {
      if (isExpires(traits)) return text;
      return isUnheeded(traits, of, text) ? undefined : readText(of, text, member, error, dates);
    };
    if (traits.httpLabel) labels.set(member, { member, read: one });
    else if (traits.httpHeader !== undefined) {
      const list: Read = (text) => readList(of, text.split(","), member, error, dates);
      headers.set(traits.httpHeader.toLowerCase(), { member, read: of.kind === "list" ? list : one });
    } else if (traits.httpQuery !== undefined) {
      const parameter = traits.httpQuery;
      const list: Read = (_text, { query }) => readList(of, query.getAll(parameter), member, error, dates);
      queries.set(parameter, { member, read: of.kind === "list" ? list : one, isNumber: of.kind === "number" });
    } else if (traits.httpQueryParams) whole.push({ member, read: ({ query }) => Object.fromEntries(query) });
    else if (traits.httpPrefixHeaders !== undefined) {
      const prefix = traits.httpPrefixHeaders.toLowerCase();
      whole.push({ member, read: (request) => headersUnder(prefix, request.headers) });
    }
  }
  return { labels, headers, queries, whole };
}

/** A date by its shape, but S3, the one service that has it, takes and keeps any text. */
const isExpires = ({ httpHeader, httpQuery }: Traits): boolean =>
  httpHeader === "Expires" || httpQuery === "response-expires";

/** HTTP does not heed If-Modified-Since and If-Unmodified-Since with what is no date. */
const isUnheeded = ({ httpHeader }: Traits, { kind }: Shape, text: string): boolean =>
  kind === "timestamp" && httpHeader?.startsWith("If-") === true && Number.isNaN(Date.parse(text));

function readList(
  shape: Shape,
  texts: readonly string[],
  name: string,
  error: CommonError,
  dates: "http-date" | "date-time",
): unknown[] {
  const element = shape.kind === "list" ? shape.element() : shape;
  const trimmed = dates === "http-date" ? texts.map((text) => text.trim()) : texts;
  return trimmed.map((text) => readText(element, text, name, error, dates));
}

function headersUnder(prefix: string, headers: BoundRequest["headers"]): Record<string, string> | undefined {
  let found: [name: string, text: string][] | undefined;
  for (const name in headers) {
    if (name.startsWith(prefix)) (found ??= []).push([name.slice(prefix.length), headers[name] ?? ""]);
  }
  return found && Object.fromEntries(found);
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

type Head = { status: number; headers: Record<string, string> };
type Writer = (value: unknown, answer: Head) => void;

/** Sets the headers and the status that an output's members are bound to. */
export function bindingsWriter(
  shape: StructureShape,
): (output: Readonly<Record<string, unknown>>, answer: Head) => void {
  const writers = new Map<string, Writer>();
  for (const member of shape.members) {
    const write = writerOf(member);
    if (write) writers.set(member.name, write);
  }
  return (output, answer) => {
    for (const name in output) {
      const value = output[name];
      if (value !== undefined && value !== null) writers.get(name)?.(value, answer);
    }
  };
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

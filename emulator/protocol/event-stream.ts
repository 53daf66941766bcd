import { Readable } from "node:stream";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { AwsError } from "../model/errors.ts";
import { messageMember, pickMembers, type Member, type StructureShape } from "./shapes.ts";
import { releaseOf } from "./written-output.ts";

/**
 * Outputs that go on: the answer's body is a row of messages, each with headers, a body in the format of the operation and
 * checksums. The operation answers the member as an AsyncIterable of events; they are taken one by one, as fast as the client
 * reads. The operation ends it when the client goes away or the emulator stops, which `ctx.signal` tells. While the client does
 * not read, the operation is not asked for more: what has to be over then is cut off, see EventRow.
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */

export const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";

export interface EventRow<E> extends AsyncIterable<E> {
  /** Aborted when the answer has to be over although its reader has not come to the end: the connection is closed on it. */
  readonly cut?: AbortSignal;
}

type Members = Readonly<Record<string, unknown>>;
type Write = (value: Members) => string | Uint8Array;

/** How the messages' bodies are written. */
export interface EventFormat {
  readonly contentType: string;
  /** Compiled once for each structure. */
  writer(shape: StructureShape): Write;
}

/** Told of an error that is none of AWS's: the client learns no more than that there was one. */
export type ReportFailure = (error: unknown) => void;

const framing = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

function frame(headers: Readonly<Record<string, string>>, body: string | Uint8Array): Uint8Array {
  const texts = Object.entries(headers).map(([name, value]) => [name, { type: "string", value } as const]);
  return framing.encode({
    headers: Object.fromEntries(texts),
    body: typeof body === "string" ? Buffer.from(body) : body,
  });
}

/** The member of an output that is a row of events. */
export const eventStreamMember = ({ members }: StructureShape): Member | undefined =>
  members.find(({ traits, shape }) => traits.streaming !== undefined && shape().kind === "structure");

/** What turns an output into the body of its answer. */
export function eventStreamWriter(
  output: StructureShape,
  member: Member,
  format: EventFormat,
): (value: Members, report: ReportFailure) => Readable {
  const writeInitial = format.writer(pickMembers(output, ({ name }) => name !== member.name));
  const events = eventsOf(member, format);

  const eventFrame = (type: string, body: string | Uint8Array): Uint8Array =>
    frame({ ":event-type": type, ":content-type": format.contentType, ":message-type": "event" }, body);

  function eventOf(value: Members): Uint8Array {
    const [name = "", content] = Object.entries(value)[0] ?? [];
    const event = events.get(name);
    if (!event) throw new Error(`${output.name} has no event ${name}`);
    const made = eventFrame(name, event.write(content as Members));
    releaseOf(content as Members)?.();
    return made;
  }

  /** An error that the union has is sent with its structure; any other one has a code and a text only. */
  function failureOf(error: unknown, report: ReportFailure): Uint8Array {
    if (!(error instanceof AwsError)) {
      report(error);
      return frame({ ":error-code": "InternalFailure", ":error-message": "", ":message-type": "error" }, "");
    }
    const { name, message, fields } = error;
    const event = events.get(name);
    if (!event) return frame({ ":error-code": name, ":error-message": message, ":message-type": "error" }, "");
    const headers = { ":exception-type": name, ":content-type": format.contentType, ":message-type": "exception" };
    return frame(headers, event.write({ ...fields, [messageMember(event.shape)]: message }));
  }

  async function* frames(initial: Members, row: EventRow<Members>, report: ReportFailure): AsyncGenerator<Uint8Array> {
    yield eventFrame("initial-response", writeInitial(initial));
    const iterator = row[Symbol.asyncIterator]();
    let isOver = false;
    // not around the yield, where the reader's own errors come in
    const next = async (): Promise<Uint8Array | undefined> => {
      try {
        const result = await iterator.next();
        if (result.done !== true) return eventOf(result.value);
        isOver = true;
        return undefined;
      } catch (error) {
        isOver = true;
        return failureOf(error, report);
      }
    };
    try {
      while (!isOver) {
        const made = await next();
        if (made) yield made;
      }
    } finally {
      await iterator.return?.();
    }
  }

  // of what the client has not taken yet, one message is made at most
  return ({ [member.name]: given, ...initial }, report) => {
    const row = given as EventRow<Members>;
    const signal = row.cut && { signal: row.cut };
    return Readable.from(frames(initial, row, report), { objectMode: false, highWaterMark: 1, ...signal });
  };
}

/** The union's members with what writes them. */
function eventsOf(member: Member, format: EventFormat): Map<string, { shape: StructureShape; write: Write }> {
  const { members } = member.shape() as StructureShape;
  return new Map(
    members.map(({ name, shape: of }) => {
      const shape = of() as StructureShape;
      if (shape.members.some(({ traits }) => traits.eventHeader !== undefined || traits.eventPayload !== undefined)) {
        throw new Error(`the event ${name} has members outside of its body's document`);
      }
      return [name, { shape, write: format.writer(shape) }];
    }),
  );
}

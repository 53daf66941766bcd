import type { ServerHttp2Stream } from "node:http2";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { setImmediate } from "node:timers";
import { AwsError } from "../model/errors.ts";
import type { DoorAnswer } from "../model/service.ts";
import type { Emulator } from "../emulator.ts";
import { encodeError, hostId } from "../protocol/encode-error.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import { SliceStream } from "../storage/slice-stream.ts";
import { answeredRequest } from "./answered-request.ts";
import { chain, logFailure } from "./chain.ts";
import { encode, preferredCoding } from "./content-coding.ts";
import { Gone, type Exchange, type RawRequest, type RawResponse } from "./exchange.ts";
import { pageHeaders } from "./pages.ts";
import { ClientGone, hasBody } from "./receive.ts";

/** From this size on AWS compresses answers for clients that take it. */
const COMPRESS_FROM_BYTES = 4096;

/** Bytes of up to this size go out as text of one byte a character: Node writes more in several pieces anyway. */
const TEXT_UP_TO_BYTES = 12 * 1024;

const INTERNAL = { code: "InternalFailure", status: 500 };

/** Takes one request through the chain and writes its answer. Whatever happens, the process lives on. */
export async function serve(emulator: Emulator, raw: RawRequest, response: RawResponse): Promise<void> {
  const exchange = open(emulator, raw, response);
  try {
    for (const step of chain) {
      const waiting = step(exchange, emulator);
      if (waiting instanceof Promise) await waiting;
      if (exchange.answer) break;
    }
  } catch (error) {
    if (isGone(exchange, error)) return;
    exchange.answer = errorAnswer(emulator, exchange, error);
  }
  const answer = exchange.answer;
  if (!answer) return;
  if (response.destroyed) return discard(answer);
  const readyMs = emulator.host.clock.now();
  let isDelivered = true;
  try {
    const writing = write(exchange, answer, response);
    if (answer.isEventStream) emulator.eventStreams.add(exchange.gone, writing);
    await writing;
  } catch (error) {
    emulator.host.log.debug("answer not delivered", { requestId: exchange.requestId, error });
    isDelivered = false;
    response.destroy();
    discard(answer);
  }
  try {
    tell(emulator, exchange, answer, { readyMs, nowMs: emulator.host.clock.now(), isDelivered });
    logAccess(emulator, exchange, answer);
  } catch (error) {
    emulator.host.log.error("a request could not be noted", { requestId: exchange.requestId, error });
  }
}

/** The service that a request was for may want to hear of it. */
function tell(
  emulator: Emulator,
  exchange: Exchange,
  answer: Answer | DoorAnswer,
  how: { readonly readyMs: number; readonly nowMs: number; readonly isDelivered: boolean },
): void {
  const name = exchange.service?.name ?? exchange.doorOf;
  const engine = name === undefined ? undefined : emulator.engine(name);
  engine?.answered?.(answeredRequest(exchange, answer, how));
}

/** Whether a request came to nothing because its client went away before it was whole. */
const isGone = ({ raw }: Exchange, error: unknown): boolean =>
  error instanceof ClientGone || (isCutOff(raw) && BROKEN_OFF.includes((error as NodeJS.ErrnoException).code));

/** Over HTTP/2 Node ends the body of a request also when its stream was cut off: the stream tells. */
const isCutOff = (raw: RawRequest): boolean =>
  (raw as { readonly stream?: ServerHttp2Stream }).stream?.aborted ?? (raw.destroyed && !raw.readableEnded);

/** How Node calls it, by where it reads from the body. */
const BROKEN_OFF: readonly unknown[] = ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"];

/** A stream that nobody reads to its end holds what it reads from. */
function discard({ body }: Answer | DoorAnswer): void {
  if (body instanceof Readable) body.destroy();
}

function open(emulator: Emulator, raw: RawRequest, response: RawResponse): Exchange {
  const url = raw.url ?? "/";
  // a proxy's absolute form names the host again
  const target = url.startsWith("/") ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, "") || "/";
  const mark = target.indexOf("?");
  const gone = new Gone();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new ClientGone());
  });
  return {
    raw,
    requestId: emulator.host.ids.uuid(),
    startedAt: emulator.host.clock.now(),
    method: raw.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1)),
    headers: flatten(raw.headers),
    rawHeaders: raw.rawHeaders,
    remoteAddress: raw.socket.remoteAddress,
    invite: isInvitation(raw) ? () => response.writeContinue() : undefined,
    gone,
    trailers: {},
  };
}

/** Whether the client waits for leave to send its body. */
const isInvitation = ({ headers: { expect }, httpVersionMajor }: RawRequest): boolean =>
  expect !== undefined && httpVersionMajor === 1 && /^100-continue$/i.test(expect);

/** The one that Node gives as a list comes from servers as a rule. */
function flatten(headers: RawRequest["headers"]): Readonly<Record<string, string>> {
  if (headers["set-cookie"] === undefined) return headers as Record<string, string>;
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

function errorAnswer(emulator: Emulator, exchange: Exchange, error: unknown): Answer {
  const { service, format, requestId } = exchange;
  exchange.errorCode = error instanceof AwsError ? error.name : "InternalError";
  if (error instanceof AwsError && service && format) {
    const answer = encodeError(service, format, error, requestId);
    Object.assign(answer.headers, exchange.context?.response.headers);
    if (exchange.method === "HEAD") answer.body = "";
    return answer;
  }
  logFailure(emulator, exchange, error);
  const failure = new AwsError(
    INTERNAL,
    "The request processing has failed because of an unknown error, exception or failure.",
  );
  if (service && format) return encodeError(service, format, failure, requestId);
  return { status: 500, headers: { "content-type": "text/plain" }, body: failure.message };
}

async function write(exchange: Exchange, answer: Answer | DoorAnswer, response: RawResponse): Promise<void> {
  const { headers } = answer;
  headers["x-amzn-requestid"] = exchange.requestId;
  if (exchange.admission) Object.assign(headers, exchange.admission.headers);
  if (exchange.isFromPage) Object.assign(headers, pageHeaders(exchange));
  if (exchange.service?.protocol === "restXml") {
    headers["x-amz-request-id"] = exchange.requestId;
    headers["x-amz-id-2"] = hostId(exchange.requestId);
  }
  const unread = !exchange.raw.complete && exchange.raw.httpVersionMajor === 1 && hasBody(exchange);
  if (unread && !isWorthReading(exchange)) headers["connection"] = "close";
  if (answer.body instanceof Readable) {
    response.writeHead(answer.status, headers);
    if (exchange.method === "HEAD") {
      answer.body.destroy();
      response.end();
    } else if (answer.body instanceof SliceStream) await answer.body.sendTo(response);
    else await pipeline(answer.body, response);
    return;
  }
  let { body } = answer;
  const coding = body.length >= COMPRESS_FROM_BYTES ? codingFor(exchange) : undefined;
  if (coding !== undefined) {
    body = await encode(coding, body);
    headers["content-encoding"] = coding;
  }
  if (exchange.service?.sendsCrc32 === true) headers["x-amz-crc32"] = String(crc32(body));
  const bodiless = answer.status === 204 || answer.status === 304;
  if (bodiless) delete headers["content-type"];
  if (!bodiless) headers["content-length"] ??= String(Buffer.byteLength(body));
  await endOfTurn();
  const { sent } = answer;
  if (sent) response.on("finish", () => isWhole(response) && sent());
  response.writeHead(answer.status, headers);
  if (exchange.method === "HEAD" || bodiless) response.end();
  else if (typeof body === "string") endWith(response, body, "utf8");
  else if (body.length > TEXT_UP_TO_BYTES) response.end(body);
  else endWith(response, Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1"), "latin1");
  if (unread) drain(exchange.raw);
}

/**
 * Text goes out in one piece with the headers. By `end(text)` Node would write an empty piece behind it, and two are as much work as
 * three. HTTP/2 has frames, and an answer whose turn it is not yet has no socket.
 */
function endWith(response: RawResponse, text: string, encoding: "utf8" | "latin1"): void {
  const { socket } = response;
  if (!socket || response.req.httpVersionMajor > 1) return void response.end(text, encoding);
  socket.cork();
  response.write(text, encoding);
  socket.uncork();
  response.end();
}

let ending: Promise<void> | undefined;

/**
 * Answers of one turn of the event loop are sent together: a client that was woken by the first is awake for the others, and to wake
 * it costs the system as much as all that a small request costs.
 */
const endOfTurn = (): Promise<void> =>
  (ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = undefined;
      resolve();
    });
  }));

/** Over HTTP/2 Node calls an answer finished also when its stream was cut off, and then some of it may be on its way still. */
const isWhole = (response: RawResponse): boolean =>
  ((response as { readonly stream?: ServerHttp2Stream }).stream ?? response).writableFinished;

/** Bodies up to this size, as parts of uploads have, are read to their end when nobody wants them: many clients read no answer before they have sent all. */
const MOST_DRAINED_BYTES = 32 * 1024 * 1024;

/** Not what is yet to be asked for (Expect), and nothing endless. */
const isWorthReading = ({ raw, headers, invite }: Exchange): boolean =>
  (invite === undefined || raw.readableDidRead) && Number(headers["content-length"] ?? Infinity) <= MOST_DRAINED_BYTES;

/** Reads on what the client still sends, so that it gets to read our answer before the socket closes. Who began to read it has stopped. */
function drain(raw: RawRequest): void {
  raw.on("error", () => {});
  raw.removeAllListeners("readable");
  raw.removeAllListeners("data");
  raw.resume();
}

const codingFor = ({ headers, service }: Exchange) =>
  service === undefined || service.protocol === "restXml"
    ? undefined
    : preferredCoding(headers["accept-encoding"] ?? "");

function logAccess(emulator: Emulator, exchange: Exchange, answer: Answer | DoorAnswer): void {
  if (!emulator.host.log.enabled("info")) return;
  emulator.host.log.info("request", {
    requestId: exchange.requestId,
    service: exchange.service?.name,
    operation: exchange.operation,
    method: exchange.method,
    path: exchange.path,
    status: answer.status,
    milliseconds: emulator.host.clock.now() - exchange.startedAt,
  });
}

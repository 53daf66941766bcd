import type { Readable } from "node:stream";
import { cbor } from "@smithy/core/cbor";
import { AwsError, type CommonError } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import { EVENT_STREAM_TYPE, eventStreamMember, eventStreamWriter, type ReportFailure } from "./event-stream.ts";
import { jsonCodec, type JsonOptions } from "./json.ts";
import { readQueryForm } from "./query.ts";
import { bindingsReader, bindingsWriter, bodyOf, type BoundRequest } from "./rest.ts";
import { operationShape, orderMembers, pickMembers, type OperationShape, type StructureShape } from "./shapes.ts";
import { sliceReader } from "./slice-reader.ts";
import { plainOutput, releaseOf, writtenJson } from "./written-output.ts";
import { innerXml, millisecondsOf, readXml, writeXml } from "./xml.ts";

/** How one request is written. A json service also takes CBOR: rpc-v2-cbor, and the older amz-cbor of the Java SDK. */
export type Format = "json" | "cbor" | "amz-cbor" | "query" | "restJson" | "restXml";

export interface DecodeRequest extends BoundRequest {
  /** The whole body; empty when the operation takes a stream. */
  readonly body: Buffer;
  readonly stream?: Readable;
  /** The parsed form of a query request. */
  readonly form?: URLSearchParams;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | Readable;
  /** To be called when the whole body is with the operating system: its memory is used again. */
  sent?: (() => void) | undefined;
  /** The body is a row of events that goes on for as long as client and emulator do. */
  isEventStream?: true;
}

export interface OperationCodec {
  readonly shape: OperationShape;
  /** Whether the body is given as a stream, never read whole. */
  readonly streams: boolean;
  decode(request: DecodeRequest): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** `report` is told of failures that come when the answer is under way. */
  encode(output: Readonly<Record<string, unknown>>, requestId: string, report?: ReportFailure): Answer;
}

const SERIALIZATION_CODES: Readonly<Record<Service["protocol"], string>> = {
  json: "SerializationException",
  restJson: "SerializationException",
  query: "MalformedInput",
  restXml: "InvalidArgument",
};

const serializationErrorOf = (service: Service): CommonError =>
  service.serializationError ?? { code: SERIALIZATION_CODES[service.protocol], status: 400 };

const malformedXml = () =>
  new AwsError(
    { code: "MalformedXML", status: 400 },
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

export function operationCodec(service: Service, name: string, format: Format): OperationCodec {
  const schema = service.schemas.get(name);
  if (!schema) throw new Error(`${service.name} has no operation ${name}`);
  const shape = operationShape(schema);
  if (format === "query") return queryCodec(service, shape);
  if (format === "restJson" || format === "restXml") return restCodec(service, shape, format);
  return rpcCodec(service, shape, format);
}

/** How a service writes JSON and CBOR, whichever way it goes. */
export const writtenForm = (
  service: Pick<Service, "blobs">,
  format: Format,
): Pick<JsonOptions, "blobs" | "leaves" | "jsonNames"> => ({
  blobs: service.blobs ?? "bytes",
  leaves: format === "cbor" ? "cbor" : format === "amz-cbor" ? "cbor-milliseconds" : "json",
  jsonNames: format === "restJson",
});

const jsonOptions = (service: Service, format: Format): JsonOptions => ({
  ...writtenForm(service, format),
  doubles: service.doubles,
  parser: service.parser,
  error: serializationErrorOf(service),
});

export function parseJson(body: Buffer, error: CommonError): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    throw new AwsError(error, "Could not parse the request body as JSON");
  }
}

function parseCbor(body: Buffer, error: CommonError): unknown {
  try {
    return cbor.deserialize(body) as unknown;
  } catch {
    throw new AwsError(error, "Could not parse the request body as CBOR");
  }
}

export const CONTENT_TYPES = {
  json: "application/x-amz-json-1.1",
  cbor: "application/cbor",
  "amz-cbor": "application/x-amz-cbor-1.1",
  query: "text/xml",
  restJson: "application/json",
  restXml: "application/xml",
} as const;

export const contentType = (service: Pick<Service, "jsonVersion">, format: Format): string =>
  format === "json" && service.jsonVersion ? `application/x-amz-json-${service.jsonVersion}` : CONTENT_TYPES[format];

function rpcCodec(service: Service, shape: OperationShape, format: "json" | "cbor" | "amz-cbor"): OperationCodec {
  const options = jsonOptions(service, format);
  const input = jsonCodec(shape.input, options);
  const parse = format === "json" ? parseJson : parseCbor;
  const sliced = format === "json" ? service.slices?.[shape.name] : undefined;
  const readSlices = sliced === undefined ? undefined : sliceReader(shape.input, sliced, service.constraints ?? {});
  return {
    shape,
    streams: false,
    decode: ({ body }) => readSlices?.(body) ?? input.decode(body.length === 0 ? {} : parse(body, options.error)),
    encode: rpcEncoder(service, shape, format, options),
  };
}

function rpcEncoder(
  service: Service,
  shape: OperationShape,
  format: "json" | "cbor" | "amz-cbor",
  options: JsonOptions,
): OperationCodec["encode"] {
  const type = contentType(service, format);
  const headers: Record<string, string> = format === "cbor" ? { "smithy-protocol": "rpc-v2-cbor" } : {};
  const writer = (of: StructureShape) => {
    const codec = jsonCodec(of, options);
    const names = of.members.map(({ name }) => name);
    return (value: Readonly<Record<string, unknown>>) => {
      if (format !== "json") return cbor.serialize(codec.encode(plainOutput(value)));
      return (
        writtenJson(value, names, (others) => codec.encode(others)) ?? JSON.stringify(codec.encode(plainOutput(value)))
      );
    };
  };
  const events = eventStreamMember(shape.output);
  if (events) {
    headers["content-type"] = EVENT_STREAM_TYPE;
    const write = eventStreamWriter(shape.output, events, { contentType: type, writer });
    return (value, _requestId, report = () => {}) => ({
      status: 200,
      headers: { ...headers },
      body: write(value, report),
      isEventStream: true,
    });
  }
  headers["content-type"] = type;
  // an operation that has no output answers nothing, where one whose output has no members answers {}
  const write = format === "json" && shape.output.name === "Unit" ? () => "" : writer(shape.output);
  return (value) => {
    const body = write(value);
    return { status: 200, headers: { ...headers }, body, sent: releaseOf(value) };
  };
}

function queryCodec(service: Service, shape: OperationShape): OperationCodec {
  const namespace = service.xmlNamespace ?? "";
  // an output without members still has its element: botocore looks for it
  const hasOutput = shape.output.name !== "Unit";
  return {
    shape,
    streams: false,
    decode: ({ form }) =>
      readQueryForm(shape.input, form ?? new URLSearchParams(), {
        error: serializationErrorOf(service),
        doubles: service.doubles,
      }),
    encode: (value, requestId) => {
      const result = hasOutput ? innerXml(writeXml(shape.output, value, namespace)) : "";
      const wrapped = hasOutput ? `<${shape.name}Result>${result}</${shape.name}Result>` : "";
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return {
        status: 200,
        headers: { "content-type": CONTENT_TYPES.query },
        body: `<${shape.name}Response xmlns="${namespace}">${wrapped}${metadata}</${shape.name}Response>`,
      };
    },
  };
}

interface Documents {
  read(shape: StructureShape): (body: Buffer) => Promise<Record<string, unknown>> | Record<string, unknown>;
  write(shape: StructureShape): (value: Readonly<Record<string, unknown>>) => string;
}

/** The body documents of the two REST protocols. */
function documents(service: Service, format: "restJson" | "restXml"): Documents {
  if (format === "restJson") {
    const options = jsonOptions(service, format);
    return {
      read: (shape) => {
        const codec = jsonCodec(shape, options);
        return (body) => codec.decode(parseJson(body, options.error));
      },
      write: (shape) => {
        const codec = jsonCodec(shape, options);
        return (value) => JSON.stringify(codec.encode(value));
      },
    };
  }
  const namespace = service.xmlNamespace ?? "";
  return {
    read: (shape) => async (body) => {
      try {
        return await readXml(shape, body, namespace);
      } catch {
        throw malformedXml();
      }
    },
    write: (shape) => {
      const withMilliseconds = millisecondsOf(shape);
      return (value) =>
        `<?xml version="1.0" encoding="UTF-8"?>\n${withMilliseconds(writeXml(shape, value, namespace))}`;
    },
  };
}

function restCodec(service: Service, shape: OperationShape, format: "restJson" | "restXml"): OperationCodec {
  const document = documents(service, format);
  const readBindings = bindingsReader(shape.input, serializationErrorOf(service));
  const input = bodyOf(shape.input, "request");
  const payload = input.payload;
  const payloadShape = payload?.shape();
  const streams = payloadShape?.kind === "blob" && payloadShape.streaming;
  const readDocument =
    payloadShape?.kind === "structure"
      ? document.read(payloadShape)
      : input.hasDocument
        ? document.read(pickMembers(shape.input, input.inDocument))
        : undefined;
  const addDocument = async (value: Record<string, unknown>, body: Buffer): Promise<Record<string, unknown>> => {
    if (payload && format === "restXml") checkRoot(body, payload.traits.xmlName ?? payload.name);
    const found = await readDocument?.(body);
    return Object.assign(value, payload ? { [payload.name]: found } : found);
  };
  return {
    shape,
    streams,
    decode: (request) => {
      const value = readBindings(request);
      const { body, stream } = request;
      if (payload && streams) value[payload.name] = stream;
      else if (payload && payloadShape?.kind === "blob") value[payload.name] = body;
      else if (payload && payloadShape?.kind === "string") value[payload.name] = body.toString("utf8");
      else if (body.length > 0 && readDocument) return addDocument(value, body);
      return value;
    },
    encode: restEncoder(shape, document, CONTENT_TYPES[format], service.documentOrder?.[shape.name]),
  };
}

/** The codec reads any document; one of another name is not what the operation asks for. */
function checkRoot(body: Buffer, name: string): void {
  const start = body.subarray(0, 1024).toString("utf8");
  const root = /^\uFEFF?(?:\s|<\?[^>]*\?>|<!--[\s\S]*?-->)*<(?:[\w.-]+:)?([\w.-]+)/.exec(start)?.[1];
  if (root !== name) throw malformedXml();
}

function restEncoder(
  shape: OperationShape,
  document: Documents,
  type: string,
  first: readonly string[] = [],
): OperationCodec["encode"] {
  const writeBindings = bindingsWriter(shape.output);
  const output = bodyOf(shape.output, "response");
  const { payload } = output;
  const payloadShape = payload?.shape();
  const write =
    payloadShape?.kind === "structure"
      ? document.write(payloadShape)
      : output.hasDocument
        ? document.write(orderMembers(pickMembers(shape.output, output.inDocument), first))
        : undefined;
  return (value) => {
    const answer: Answer = { status: shape.http?.status ?? 200, headers: {}, body: "" };
    writeBindings(value, answer);
    if (payload) {
      const body = value[payload.name];
      if (body === undefined || body === null) return answer;
      answer.body = write ? write(body as Record<string, unknown>) : (body as string | Uint8Array | Readable);
      if (write) answer.headers["content-type"] ??= type;
    } else if (write) {
      answer.body = write(value);
      answer.headers["content-type"] ??= type;
    }
    return answer;
  };
}

import { cbor } from "@smithy/core/cbor";
import type { AwsError } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import { jsonCodec } from "./json.ts";
import { contentType, writtenForm, type Answer, type Format } from "./operation-codec.ts";
import { errorShape, messageMember } from "./shapes.ts";
import { escapeXml } from "./xml.ts";

const SERIALIZATION = { code: "SerializationException", status: 400 };

/** What an error's form depends on; a service that is not here has none of it. */
type ErrorService = Partial<
  Pick<Service, "blobs" | "errorEnvelope" | "jsonVersion" | "protocol" | "version" | "xmlNamespace">
>;

interface Described {
  readonly code: string;
  /** The code that the service's query protocol has for it. */
  readonly queryCode: string;
  readonly status: number;
  readonly fault: "client" | "server";
  readonly fields: Record<string, unknown>;
}

/** Code, status and members of an error in the form of its wire. */
function describe(service: ErrorService, error: AwsError, format: Format): Described {
  if ("code" in error.shape) {
    const { code, status } = error.shape;
    return {
      code,
      queryCode: code,
      status,
      fault: status >= 500 ? "server" : "client",
      fields: { message: error.message, ...error.fields },
    };
  }
  const shape = errorShape(error.shape);
  const fault = shape.traits.error ?? "client";
  const [queryCode = error.name, queryStatus] = shape.traits.awsQueryError ?? [];
  const status = queryStatus ?? shape.traits.httpError ?? (fault === "server" ? 500 : 400);
  const messageName = messageMember(shape);
  const codec = jsonCodec(shape, {
    ...writtenForm(service, format),
    error: SERIALIZATION, // of decoding, which does not happen here
  });
  const members = codec.encode({ ...error.fields, [messageName]: error.message }) as Record<string, unknown>;
  const code = format === "query" || format === "restXml" ? queryCode : error.name;
  return { code, queryCode, status, fault, fields: { ...members, [messageName]: error.message } };
}

function jsonFields(service: ErrorService, error: AwsError, code: string, fields: Described["fields"]): object {
  const { prefix, messageName } = service.errorEnvelope?.(code, !("code" in error.shape)) ?? { prefix: "" };
  if (messageName === undefined) return { __type: prefix + code, ...fields };
  const { message, ...others } = fields;
  return { __type: prefix + code, ...others, [messageName]: message };
}

/** S3's second id of a request. */
export const hostId = (requestId: string): string => Buffer.from(requestId).toString("base64");

/** The answer for an error, in the format of the request: every protocol has its own envelope. */
export function encodeError(service: ErrorService, format: Format, error: AwsError, requestId: string): Answer {
  const { code, queryCode, status, fault, fields } = describe(service, error, format);
  const headers: Record<string, string> = { "content-type": contentType(service, format) };
  const type = fault === "server" ? "Receiver" : "Sender";
  // clients of a service that once spoke query only still tell its errors by their old codes
  if (service.protocol === "json" && service.version !== undefined)
    headers["x-amzn-query-error"] = `${queryCode};${type}`;
  switch (format) {
    case "json":
      return { status, headers, body: JSON.stringify(jsonFields(service, error, code, fields)) };
    case "cbor":
    case "amz-cbor":
      if (format === "cbor") headers["smithy-protocol"] = "rpc-v2-cbor";
      return { status, headers, body: cbor.serialize(jsonFields(service, error, code, fields)) };
    case "restJson":
      return { status, headers: { ...headers, "x-amzn-errortype": code }, body: JSON.stringify(fields) };
    case "query": {
      const inner = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>`;
      return {
        status,
        headers,
        body: `<ErrorResponse xmlns="${service.xmlNamespace ?? ""}"><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      };
    }
    case "restXml": {
      const { message: _message, Message: _Message, ...rest } = fields;
      const inner = Object.entries({
        Code: code,
        Message: error.message,
        ...rest,
        RequestId: requestId,
        HostId: hostId(requestId),
      })
        .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
        .join("");
      return { status, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>` };
    }
  }
}

import { validateHeaderName, validateHeaderValue } from "node:http";
import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { deflate, gunzip, gzip } from "node:zlib";
import type { DoorAnswer } from "../../../emulator/model/service.ts";
import type { ApiDefinition } from "../model.ts";
import { badGateway, GatewayError, requestTooLong } from "./gateway-error.ts";
import { HeaderList } from "./header-list.ts";
import type { Answer } from "./integration/answer.ts";

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);
const deflateAsync = promisify(deflate);

const LONGEST_TEXT_BYTES = 65_536;

/** API Gateway's limit of a payload, in bytes. */
export const PAYLOAD_LIMIT_BYTES = 10_485_760;

/** What a client sent compressed, where the API has compression switched on. @throws GatewayError for what cannot be read */
export async function decompress(definition: ApiDefinition, headers: HeaderList, body: Buffer): Promise<Buffer> {
  if (definition.minimumCompressionSize === undefined || body.length === 0) return body;
  if (headers.get("content-encoding")?.toLowerCase() !== "gzip") return body;
  try {
    const plain = await gunzipAsync(body, { maxOutputLength: PAYLOAD_LIMIT_BYTES });
    headers.remove("content-encoding");
    return plain;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw requestTooLong();
    throw new GatewayError("DEFAULT_4XX", "BadRequestException", "Unable to decompress request body", { status: 400 });
  }
}

/** Compresses an answer where the API says so, it is long enough and the client takes it. */
export async function compress(
  { minimumCompressionSize }: ApiDefinition,
  acceptEncoding: string | undefined,
  answer: Answer,
): Promise<Answer> {
  if (minimumCompressionSize === undefined || answer.body.length < minimumCompressionSize) return answer;
  if (answer.body.length === 0 || answer.headers.has("Content-Encoding")) return answer;
  const encoding = /\b(gzip|deflate)\b/.exec(acceptEncoding ?? "")?.[1];
  if (encoding === undefined) return answer;
  const body = await (encoding === "gzip" ? gzipAsync : deflateAsync)(answer.body);
  const headers = new HeaderList(answer.headers);
  headers.set("Content-Encoding", encoding);
  return { ...answer, headers, body };
}

/** Whether HTTP can carry an answer. @throws GatewayError where it cannot */
export function checkAnswer({ status, headers }: Answer): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) throw badGateway();
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
  } catch (error) {
    throw badGateway(error);
  }
}

/** As the gateway writes it. Headers of one name stay several where they were. */
export function doorAnswer({ status, headers, body }: Answer, extendedRequestId: string): DoorAnswer {
  const fields: Record<string, string | string[]> = { "x-amz-apigw-id": extendedRequestId };
  for (const [name, values] of Object.entries(headers.multi())) {
    fields[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  // Node sends text in one piece with the headers
  const isText = body.length <= LONGEST_TEXT_BYTES && isUtf8(body);
  return { status, headers: fields, body: isText ? body.toString("utf8") : body };
}

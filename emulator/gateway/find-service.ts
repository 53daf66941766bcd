import { unsupported } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import type { Emulator } from "../emulator.ts";
import { encodeError } from "../protocol/encode-error.ts";
import { CONTENT_TYPES, type Format } from "../protocol/operation-codec.ts";
import { readSignature } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { bodyLimit, NO_BYTES, readBody } from "./receive.ts";

const RPC_PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/;
/** Lambda's paths begin with the date of an API version; no bucket's name has that form. */
const DATED_PATH = /^\/20\d\d-\d\d-\d\d\//;
const FORM = "application/x-www-form-urlencoded";

const isForm = ({ method, headers }: Exchange): boolean =>
  method === "POST" && headers["content-type"]?.startsWith(FORM) === true;

/** A json service that has a `version` takes query forms too. */
const isQuery = (exchange: Exchange, service: Service): boolean =>
  service.protocol === "query" ||
  (service.protocol === "json" && service.version !== undefined && (isForm(exchange) || exchange.query.has("Action")));

/** Finds the service: by its X-Amz-Target, its rpc-v2-cbor path, or the name that the request is signed for. */
export function routeToService(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const { headers, query, path } = exchange;
  const signature = readSignature(headers, query);
  if (signature) exchange.signature = signature;
  const target = headers["x-amz-target"]?.split(".");
  const rpc = path === "/" ? null : RPC_PATH.exec(path);
  if (target && target.length === 2) {
    choose(exchange, emulator.byTarget(target[0] ?? ""), jsonFormat(headers), target[1]);
  } else if (rpc) choose(exchange, emulator.byTarget(rpc[1] ?? ""), "cbor", rpc[2]);
  else if (signature) choose(exchange, emulator.bySigningName(signature.service));
  else if (isForm(exchange)) return chooseByForm(exchange, emulator);
  else chooseUnsigned(exchange, emulator);
  if (exchange.service) return;
  // a signing name may be shared: DynamoDB's streams are a service of their own
  const named = signature && !emulator.bySigningName(signature.service) ? signature.service : undefined;
  refuse(exchange, named ?? target?.[0] ?? rpc?.[1] ?? "");
}

const jsonFormat = (headers: Exchange["headers"]): Format =>
  headers["content-type"]?.startsWith(CONTENT_TYPES["amz-cbor"]) ? "amz-cbor" : "json";

function choose(exchange: Exchange, service: Service | undefined, format?: Format, operation?: string): void {
  if (!service) return;
  exchange.service = service;
  exchange.format = format ?? (isQuery(exchange, service) ? "query" : service.protocol);
  if (operation !== undefined) exchange.operation = operation;
}

/** Unsigned forms of a query service are known by their Version. */
async function chooseByForm(exchange: Exchange, emulator: Emulator): Promise<void> {
  const form = await readForm(exchange);
  choose(exchange, emulator.byVersion(form.get("Version") ?? ""));
  if (!exchange.service) refuse(exchange, form.get("Action") ?? "");
}

/** What is left are unsigned calls without a body that tells: Lambda's by their path, the rest is S3's anonymous access. */
function chooseUnsigned(exchange: Exchange, emulator: Emulator): void {
  const version = exchange.query.get("Version");
  if (version !== null) choose(exchange, emulator.byVersion(version));
  else choose(exchange, emulator.bySigningName(DATED_PATH.test(exchange.path) ? "lambda" : "s3"));
}

/** The parameters of a query request, from its body or its URL; read once. */
export async function readForm(exchange: Exchange): Promise<URLSearchParams> {
  if (exchange.body?.form) return exchange.body.form;
  const form = isForm(exchange)
    ? new URLSearchParams((await readBody(exchange, bodyLimit(exchange.service ?? {}))).toString("utf8"))
    : exchange.query;
  exchange.body = { body: NO_BYTES, form };
  return form;
}

/** The services of AWS whose REST protocol is XML, beside S3: their clients read no other refusal. */
const XML_SERVICES = new Set(["cloudfront", "route53", "s3-outposts"]);

/** Answers for a service that is not here, in the form that its client reads. */
function refuse(exchange: Exchange, name: string): void {
  const format = formatOf(exchange, name);
  const error = unsupported(`The service ${name.slice(0, 100)}`);
  exchange.answer = encodeError({}, format, error, exchange.requestId);
}

function formatOf(exchange: Exchange, name: string): Format {
  if (exchange.headers["x-amz-target"] !== undefined) return jsonFormat(exchange.headers);
  if (RPC_PATH.test(exchange.path)) return "cbor";
  if (isForm(exchange)) return "query";
  return XML_SERVICES.has(name) ? "restXml" : "restJson";
}

import { AwsError, unsupported } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import type { Emulator } from "../emulator.ts";
import { CONTENT_TYPES, type Format } from "../protocol/operation-codec.ts";
import { missingSignature, readSignature, rootPrincipal } from "./authenticate.ts";
import { download } from "./download.ts";
import type { Exchange } from "./exchange.ts";
import { health } from "./health.ts";
import { bodyLimit, bodyStream, readBody } from "./receive.ts";
import { checkPresigned, headersInQuery, isPresigned } from "./presigned.ts";
import { MalformedUri } from "./route.ts";

export type Step = (exchange: Exchange, emulator: Emulator) => void | Promise<void>;

/** The way of one request, in order. A step that sets `exchange.answer` ends it. */
export const chain: readonly Step[] = [
  refuseForeigners,
  answerHealth,
  answerDownload,
  routeToService,
  routeToOperation,
  authenticate,
  authorize,
  receive,
  decode,
  run,
];

/** Host and Origin: see Guard. */
function refuseForeigners(exchange: Exchange, emulator: Emulator): void {
  const refusal = emulator.guard.refusal(exchange.headers);
  if (refusal === undefined) return;
  exchange.answer = {
    status: 403,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ __type: "AccessDeniedException", message: refusal }),
  };
}

function answerHealth(exchange: Exchange, emulator: Emulator): void {
  const answer = health(exchange, emulator);
  if (answer) exchange.answer = answer;
}

function answerDownload(exchange: Exchange, emulator: Emulator): void {
  const answer = download(exchange, emulator);
  if (answer) exchange.answer = answer;
}

const RPC_PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/;
const FORM = "application/x-www-form-urlencoded";

/** Finds the service: by its X-Amz-Target, its rpc-v2-cbor path, or the name that the request is signed for. */
function routeToService(exchange: Exchange, emulator: Emulator): void {
  const { headers, query, path } = exchange;
  const signature = readSignature(headers, query);
  if (signature) exchange.signature = signature;
  const target = headers["x-amz-target"]?.split(".");
  const rpc = RPC_PATH.exec(path);
  if (target && target.length === 2)
    choose(exchange, emulator.byTarget(target[0] ?? ""), jsonFormat(headers), target[1]);
  else if (rpc) choose(exchange, emulator.byTarget(rpc[1] ?? ""), "cbor", rpc[2]);
  else if (signature) chooseBySignature(exchange, emulator.bySigningName(signature.service));
  else chooseUnsigned(exchange, emulator);
  if (exchange.service) return;
  const name = target?.[0] ?? rpc?.[1] ?? signature?.service ?? "";
  exchange.answer = {
    status: 501,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      __type: "NotImplemented",
      message: `The service ${name.slice(0, 100)} is not supported by Headwater.`,
    }),
  };
}

const jsonFormat = (headers: Exchange["headers"]): Format =>
  headers["content-type"]?.startsWith(CONTENT_TYPES["amz-cbor"]) ? "amz-cbor" : "json";

function choose(exchange: Exchange, service: Service | undefined, format: Format, operation: string | undefined): void {
  if (!service) return;
  exchange.service = service;
  exchange.format = format;
  if (operation !== undefined) exchange.operation = operation;
}

function chooseBySignature(exchange: Exchange, service: Service | undefined): void {
  if (service) choose(exchange, service, service.protocol, undefined);
}

/** What is left are unsigned calls: forms of a query service are known by their Version, the rest is S3's anonymous access. */
function chooseUnsigned(exchange: Exchange, emulator: Emulator): void {
  const version = exchange.query.get("Version");
  const service = version === null ? emulator.bySigningName("s3") : emulator.byVersion(version);
  chooseBySignature(exchange, service);
}

const UNKNOWN = "UnknownOperationException";

/** Names the operation. One that AWS has and we have not is refused by its name. */
function routeToOperation(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const service = exchange.service as Service;
  if (service.protocol === "query") {
    return routeQuery(exchange, service).then(() => chooseOperation(exchange, emulator, service));
  }
  if (exchange.operation === undefined) routeRest(exchange, emulator, service);
  chooseOperation(exchange, emulator, service);
}

function chooseOperation(exchange: Exchange, emulator: Emulator, service: Service): void {
  const name = exchange.operation ?? "";
  if (!service.schemas.has(name)) {
    const shown = name === "" ? `${exchange.method} ${exchange.path.slice(0, 200)}` : name.slice(0, 200);
    if (service.protocol === "query") {
      throw new AwsError(
        { code: "InvalidAction", status: 400 },
        `Could not find operation ${shown} for version ${service.version}`,
      );
    }
    if (service.protocol === "restXml") {
      throw new AwsError(
        { code: "MethodNotAllowed", status: 405 },
        "The specified method is not allowed against this resource.",
      );
    }
    throw new AwsError(
      { code: UNKNOWN, status: service.protocol === "json" ? 400 : 404 },
      `Unknown operation: ${shown}`,
    );
  }
  if (!service.operations[name]) throw unsupported(`${service.name}:${name}`);
  exchange.codec = emulator.codec(service, name, exchange.format as Format);
}

async function routeQuery(exchange: Exchange, service: Service): Promise<void> {
  let form = exchange.query;
  if (exchange.method === "POST" && exchange.headers["content-type"]?.startsWith(FORM)) {
    form = new URLSearchParams((await readBody(exchange, bodyLimit(service))).toString("utf8"));
  }
  exchange.body = { body: Buffer.alloc(0), form };
  exchange.operation = form.get("Action") ?? "";
}

function routeRest(exchange: Exchange, emulator: Emulator, service: Service): void {
  if (service.protocol === "json") return;
  try {
    const routed = emulator.router(service).find(exchange);
    if (!routed) return;
    exchange.operation = routed.operation;
    exchange.labels = routed.labels;
  } catch (error) {
    if (error instanceof MalformedUri) throw new AwsError({ code: "InvalidURI", status: 400 }, error.message);
    throw error;
  }
}

function authenticate(exchange: Exchange, emulator: Emulator): void {
  const { signature, headers, query } = exchange;
  if (!signature) throw missingSignature(exchange.service as Service, headers);
  if (isPresigned(query)) {
    checkPresigned(query, emulator.host.clock.now());
    exchange.headers = { ...headersInQuery(query), ...headers };
  }
  exchange.principal = signature.accessKeyId.startsWith("ASIA")
    ? emulator.host.credentials.resolve(signature.accessKeyId, signature.sessionToken)
    : rootPrincipal(signature.accessKeyId);
}

/** Every principal may do everything: policies are stored exactly, and evaluated by a later version. */
function authorize(): void {}

async function receive(exchange: Exchange): Promise<void> {
  if (exchange.body) return;
  const service = exchange.service as Service;
  exchange.body = exchange.codec?.streams
    ? { body: Buffer.alloc(0), stream: bodyStream(exchange) }
    : { body: await readBody(exchange, bodyLimit(service)) };
}

function decode(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const { codec, query, headers, body } = exchange;
  if (!codec || !body) return;
  const decoded = codec.decode({ query, headers, labels: exchange.labels ?? {}, ...body });
  if (decoded instanceof Promise) return decoded.then((input) => validate(exchange, emulator, input));
  validate(exchange, emulator, decoded);
}

function validate(exchange: Exchange, emulator: Emulator, input: Record<string, unknown>): void {
  exchange.input = input;
  emulator.validate(exchange.service as Service, exchange.operation as string, input);
}

function run(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const { service, operation, principal, signature, input, codec } = exchange;
  if (!service || !operation || !principal || !signature || !input || !codec) return;
  const response = { headers: {} as Record<string, string> } as { status?: number; headers: Record<string, string> };
  const context = emulator.context(service, {
    account: principal.account,
    region: signature.region,
    principal,
    requestId: exchange.requestId,
    abort: exchange.gone,
    response,
    request: exchange,
  });
  exchange.context = context;
  const result = emulator.host.storage.group(() => service.operations[operation]?.(context, input));
  const finish = (output: unknown): void => {
    const answer = codec.encode(output as Record<string, unknown>, exchange.requestId);
    if (response.status !== undefined) answer.status = response.status;
    Object.assign(answer.headers, response.headers);
    exchange.answer = answer;
  };
  if (result instanceof Promise) return result.then(finish);
  finish(result);
}

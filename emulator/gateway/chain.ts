import { callerOf } from "../model/caller.ts";
import { ANONYMOUS } from "../model/context.ts";
import { AwsError, unsupported } from "../model/errors.ts";
import type { Service } from "../model/service.ts";
import type { Emulator } from "../emulator.ts";
import type { Format } from "../protocol/operation-codec.ts";
import { principalOf } from "./authenticate.ts";
import { download } from "./download.ts";
import type { Exchange } from "./exchange.ts";
import { readForm, routeToService } from "./find-service.ts";
import { doorRequest } from "./door-request.ts";
import { health } from "./health.ts";
import { bodyLimit, bodyStream, hasBody, NO_BYTES, readBody } from "./receive.ts";
import { answerPreflight } from "./pages.ts";
import { checkValidity, headersInQuery, isPresigned, validityOf } from "./presigned.ts";
import { MalformedUri } from "./route.ts";
import { missingSignature } from "./signature/errors.ts";
import { verifySignature } from "./signature/verify.ts";

export type Step = (exchange: Exchange, emulator: Emulator) => void | Promise<void>;

/** The way of one request, in order. A step that sets `exchange.answer` ends it. */
export const chain: readonly Step[] = [
  findDoor,
  refuseForeigners,
  enterDoor,
  answerHealth,
  answerDownload,
  answerPreflight,
  routeToService,
  holdToAdmission,
  routeToOperation,
  authenticate,
  receive,
  decode,
  authorize,
  run,
];

/** The invocation of a REST API and the like: answered by a service's engine, no call of the AWS API. */
function findDoor(exchange: Exchange, emulator: Emulator): void {
  const found = emulator.door(doorRequest(exchange));
  if (!found) return;
  exchange.door = found.door;
  exchange.doorOf = found.service;
}

function enterDoor(exchange: Exchange): void | Promise<void> {
  return exchange.door?.().then((answer) => {
    exchange.answer = answer;
  });
}

/**
 * Host and Origin: see Guard. Pages of other origins may call a REST API, whose CORS settings speak to their browsers, and of a
 * service and of doors that need it what they are admitted to.
 */
function refuseForeigners(exchange: Exchange, emulator: Emulator): void {
  const { door, headers } = exchange;
  const isOpen = door !== undefined && !door.needsAdmission;
  const admission = !isOpen && headers["origin"] !== undefined ? emulator.admission(doorRequest(exchange)) : undefined;
  if (admission) exchange.admission = admission;
  if (isOpen || admission) refuse(exchange, emulator.guard.foreignHost(headers));
  else holdToGuard(exchange, emulator);
}

/** A page that one service admits does not get to another one by a header. */
function holdToAdmission(exchange: Exchange, emulator: Emulator): void {
  if (!exchange.admission || exchange.admission.service === exchange.service?.name) return;
  delete exchange.admission;
  holdToGuard(exchange, emulator);
}

function holdToGuard(exchange: Exchange, emulator: Emulator): void {
  const refusal = emulator.guard.refusal(exchange.headers);
  if (refusal !== undefined) refuse(exchange, refusal);
  else if (exchange.headers["origin"] !== undefined) exchange.isFromPage = true;
}

function refuse(exchange: Exchange, refusal: string | undefined): void {
  if (refusal === undefined) return;
  exchange.answer = {
    status: 403,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ __type: "AccessDeniedException", message: refusal }),
  };
}

function answerHealth(exchange: Exchange, emulator: Emulator): void {
  if (exchange.admission) return;
  const answer = health(exchange, emulator);
  if (answer) exchange.answer = answer;
}

function answerDownload(exchange: Exchange, emulator: Emulator): void {
  if (exchange.admission) return;
  const answer = download(exchange, emulator);
  if (answer) exchange.answer = answer;
}

/** A part of a presigned URL, of either version. */
const SIGNING = /^(?:x-amz-(?:algorithm|credential|signature)|awsaccesskeyid|signature)$/i;
const UNKNOWN = "UnknownOperationException";

/** Names the operation. One that AWS has and we have not is refused by its name. */
function routeToOperation(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const service = exchange.service as Service;
  if (exchange.format === "query") {
    return routeQuery(exchange).then(() => chooseOperation(exchange, emulator, service));
  }
  if (exchange.operation === undefined) routeRest(exchange, emulator, service);
  chooseOperation(exchange, emulator, service);
}

function chooseOperation(exchange: Exchange, emulator: Emulator, service: Service): void {
  const name = exchange.operation ?? "";
  if (!service.schemas.has(name)) {
    const shown = name === "" ? `${exchange.method} ${exchange.path.slice(0, 200)}` : name.slice(0, 200);
    if (exchange.format === "query") {
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

async function routeQuery(exchange: Exchange): Promise<void> {
  exchange.operation = (await readForm(exchange)).get("Action") ?? "";
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

function authenticate(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const { signature, headers, query } = exchange;
  const { clock, credentials } = emulator.host;
  const service = exchange.service as Service;
  if (!signature) {
    if (!service.takesAnonymous || isSigned(headers, query)) throw missingSignature(service, headers, query);
    exchange.principal = ANONYMOUS;
    return;
  }
  exchange.principal = principalOf(service, signature, credentials);
  const verify = () =>
    verifySignature(exchange, signature, credentials, clock.now(), () => receive(exchange, emulator));
  if (isPresigned(query)) {
    const validity = validityOf(query);
    const withQuery = () => {
      exchange.headers = { ...headersInQuery(query), ...headers };
    };
    if (credentials.verified === "none") return withQuery();
    checkValidity(validity, clock.now());
    return verify().then(withQuery);
  }
  if (credentials.verified === "all") return verify();
}

const isSigned = (headers: Exchange["headers"], query: URLSearchParams): boolean =>
  headers["authorization"] !== undefined || [...query.keys()].some((name) => SIGNING.test(name));

/** Requests without a signature name no region. */
const regionOf = ({ signature }: Exchange): string => signature?.region ?? "us-east-1";

/** Policies name resources by ARNs, which only the input tells. */
function authorize(exchange: Exchange, emulator: Emulator): void {
  const { service, operation, principal, input } = exchange;
  if (!service || !operation || !principal || !input) return;
  const caller = callerOf({ principal, region: regionOf(exchange), request: exchange });
  emulator.authorizer.authorize(service, operation, input, caller);
}

function receive(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  if (exchange.body) return;
  const body = exchange.codec?.streams ? NO_BYTES : readBody(exchange, bodyLimit(exchange.service as Service));
  if (body instanceof Promise) {
    return body.then((bytes) => {
      exchange.body = { body: bytes };
    });
  }
  exchange.body = exchange.codec?.streams ? { body, stream: bodyStream(exchange) } : { body };
  if (exchange.codec?.streams !== true || !hasBody(exchange)) return;
  exchange.raw.once("end", () => {
    exchange.receivedAt = emulator.host.clock.now();
  });
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

/** An error that is none of AWS's is a bug. */
export function logFailure(emulator: Emulator, exchange: Exchange, error: unknown): void {
  const { requestId, service, operation } = exchange;
  emulator.host.log.error("internal failure", { requestId, service: service?.name, operation, error });
}

function run(exchange: Exchange, emulator: Emulator): void | Promise<void> {
  const { service, operation, principal, input, codec } = exchange;
  if (!service || !operation || !principal || !input || !codec) return;
  const response = { headers: {} as Record<string, string> } as { status?: number; headers: Record<string, string> };
  const context = emulator.context(
    service,
    operation,
    {
      account: principal.account,
      region: regionOf(exchange),
      principal,
      requestId: exchange.requestId,
      abort: exchange.gone,
      response,
      request: exchange,
    },
    input,
  );
  exchange.context = context;
  const result = emulator.host.storage.group(() => {
    const waiting = service.before?.(context, operation, input);
    const operate = () => service.operations[operation]?.(context, input);
    return waiting ? waiting.then(operate) : operate();
  });
  const finish = (output: unknown): void => {
    exchange.output = output;
    const answer = codec.encode(output as Record<string, unknown>, exchange.requestId, (error) =>
      logFailure(emulator, exchange, error),
    );
    if (response.status !== undefined) answer.status = response.status;
    Object.assign(answer.headers, response.headers);
    exchange.answer = answer;
  };
  if (result instanceof Promise) return result.then(finish);
  finish(result);
}

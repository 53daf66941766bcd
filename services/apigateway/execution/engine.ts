import { ClientGone } from "../../../emulator/gateway/receive.ts";
import type { Host } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { Door, DoorAnswer, DoorRequest, Engine } from "../../../emulator/model/service.ts";
import { methodSetting } from "../deployment.ts";
import type {
  AuthorizationResult,
  MethodSetting,
  Scope,
  Stage,
  TestAuthorization,
  TestInvocation,
  TestResult,
} from "../model.ts";
import { ApiGatewayStore } from "../store.ts";
import { addressOf, type Address } from "./address.ts";
import { CompiledApi } from "./compiled-api.ts";
import { identityOf, requestTime, type RequestContext } from "./context.ts";
import { ExecutionLog, type LogDetail } from "./execution-log.ts";
import { answerError, asGatewayError, execute, letIn, type Gatekeepers } from "./flow.ts";
import { forbidden, missingAuthenticationToken, requestTooLong, type GatewayError } from "./gateway-error.ts";
import { HeaderList } from "./header-list.ts";
import type { Answer } from "./integration/answer.ts";
import { Integrations } from "./integration/integrations.ts";
import { newInvocation, type Invocation, type SignedWire } from "./invocation.ts";
import { LambdaAuthorizers } from "./lambda-authorizer.ts";
import { forwardedHeaders, plainAddress, queryOf, type MethodRequest } from "./method-request.ts";
import { StageLogs } from "./stage-logs.ts";
import { StageMetrics } from "./stage-metrics.ts";
import { testAuthorize, testInvoke } from "./test-invocation.ts";
import { Throttles } from "./throttle.ts";
import { compress, doorAnswer, PAYLOAD_LIMIT_BYTES } from "./write-answer.ts";

/** Deployments that stay compiled. */
const MOST_COMPILED = 200;
/** APIs whose account and region are remembered: an API keeps them, and its id is nobody else's after it. */
const MOST_OWNERS = 1_000;

/** A stage and what it serves. */
interface Served {
  readonly scope: Scope;
  readonly store: ApiGatewayStore;
  readonly stage: Stage;
  readonly api: CompiledApi;
}

/** Invocations of REST APIs. */
export class ApiGatewayEngine implements Engine {
  readonly #host: Host;
  readonly #stores = new Map<string, ApiGatewayStore>();
  readonly #owners = new Map<string, Scope>();
  readonly #compiled = new Map<string, CompiledApi>();
  readonly #gate: Gatekeepers;
  readonly #logs: StageLogs;
  readonly #metrics: StageMetrics;

  constructor(host: Host) {
    this.#host = host;
    this.#gate = {
      authorizers: new LambdaAuthorizers(),
      throttles: new Throttles(host.clock),
      integrations: new Integrations(),
    };
    this.#logs = new StageLogs(host);
    this.#metrics = new StageMetrics(host);
  }

  async stop(): Promise<void> {
    this.#gate.integrations.close();
    await this.#logs.drain();
  }

  door(request: DoorRequest): Door | undefined {
    const address = addressOf(request.path, request.headers);
    return address && (() => this.#answer(address, request));
  }

  testInvoke(test: TestInvocation): Promise<TestResult> {
    return testInvoke(this.#host, this.#gate.integrations, test);
  }

  testAuthorize(test: TestAuthorization): Promise<AuthorizationResult> {
    return testAuthorize(this.#host, this.#gate.authorizers, test);
  }

  /** Forgets what authorizers answered on a stage. */
  flushAuthorizers(apiId: string, stage: string): void {
    this.#gate.authorizers.flush(apiId, stage);
  }

  async #answer(address: Address, request: DoorRequest): Promise<DoorAnswer> {
    const extendedRequestId = `${Buffer.from(this.#host.ids.hex(22), "hex").toString("base64url")}=`;
    const served = this.#find(address);
    if (!served) return bare(forbidden(), 403, extendedRequestId);
    const invocation = this.#begin(address, request, served, extendedRequestId);
    const answer = await this.#run(invocation, request, served).catch((error: unknown) => {
      if (error instanceof ClientGone) throw error;
      return answerError(invocation, asGatewayError(invocation, error));
    });
    const written = await compress(served.api.definition, request.headers["accept-encoding"], answer);
    this.#finish(invocation, served, written);
    return doorAnswer(written, extendedRequestId);
  }

  #find({ apiId, stage: stageName }: Address): Served | undefined {
    const scope = this.#owner(apiId);
    if (!scope) return undefined;
    const store = this.#store(scope);
    const stage = store.stage(apiId, stageName);
    const api = stage && this.#api(store, stage);
    if (!stage || !api || api.definition.disableExecuteApiEndpoint) return undefined;
    return { scope, store, stage, api };
  }

  #owner(apiId: string): Scope | undefined {
    const known = this.#owners.get(apiId);
    if (known) return known;
    const owner = ApiGatewayStore.ownerOf(this.#host, apiId);
    if (!owner) return undefined;
    if (this.#owners.size >= MOST_OWNERS) this.#owners.clear();
    this.#owners.set(apiId, owner);
    return owner;
  }

  #store(scope: Scope): ApiGatewayStore {
    const key = `${scope.account}/${scope.region}`;
    let store = this.#stores.get(key);
    if (!store) this.#stores.set(key, (store = new ApiGatewayStore(this.#host, scope)));
    return store;
  }

  /** Deployments do not change: each is compiled once. */
  #api(store: ApiGatewayStore, { apiId, deploymentId }: Stage): CompiledApi | undefined {
    const key = `${apiId}/${deploymentId}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const deployment = store.deployment(apiId, deploymentId);
    if (!deployment) return undefined;
    if (this.#compiled.size >= MOST_COMPILED) this.#compiled.clear();
    const compiled = new CompiledApi(apiId, store.findApi(apiId)?.name ?? apiId, deployment.definition);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  #begin(address: Address, door: DoorRequest, { scope, stage, api }: Served, extendedRequestId: string): Invocation {
    const startedAt = this.#host.clock.now();
    const request = this.#methodRequest(address, door, startedAt);
    const routed = api.router.find(address.path);
    const method = routed && api.method(routed.resource, request.httpMethod);
    const settings =
      routed && method ? methodSetting(stage, routed.resource.path, method.httpMethod) : methodSetting(stage, "/", "");
    const host = request.headers.get("Host") ?? "";
    const domainName = host.replace(/:\d+$/, "");
    const context: RequestContext = {
      accountId: scope.account,
      apiId: api.apiId,
      stage: stage.stageName,
      requestId: door.requestId,
      extendedRequestId,
      httpMethod: request.httpMethod,
      path: request.fullPath,
      protocol: request.protocol,
      requestTime: requestTime(startedAt),
      requestTimeEpoch: startedAt,
      domainName,
      domainPrefix: domainName.split(".")[0] ?? "",
      deploymentId: stage.deploymentId,
      identity: identityOf(request.sourceIp, request.headers.get("User-Agent")),
      ...(routed && { resourceId: routed.resource.id, resourcePath: routed.resource.path }),
      ...(method?.operationName !== undefined && { operationName: method.operationName }),
    };
    return newInvocation({
      host: this.#host,
      scope,
      api,
      stageName: stage.stageName,
      stageVariables: stage.variables,
      request,
      ...(method?.authorizationType === "AWS_IAM" && { signed: signedWire(door) }),
      context,
      log: new ExecutionLog(detailOf(settings), settings.dataTraceEnabled === true),
      startedAt,
      settings,
      resource: routed?.resource ?? { id: "", path: address.path, methods: {} },
      method: method ?? NO_METHOD,
      pathParameters: routed?.pathParameters ?? {},
    });
  }

  #methodRequest(address: Address, door: DoorRequest, startedAt: number): MethodRequest {
    const sourceIp = plainAddress(door.remoteAddress);
    const time = Math.floor(startedAt / 1000).toString(16);
    const headers = forwardedHeaders(HeaderList.raw(door.rawHeaders), {
      sourceIp,
      host: door.headers[":authority"] ?? door.headers["host"] ?? "",
      traceId: `Root=1-${time}-${this.#host.ids.hex(24)}`,
    });
    return {
      httpMethod: door.method,
      path: address.path,
      fullPath: `/${address.stage}${address.path}`,
      headers,
      query: queryOf(door.query),
      sourceIp,
      protocol: door.headers[":authority"] === undefined ? "HTTP/1.1" : "HTTP/2.0",
    };
  }

  async #run(invocation: Invocation, door: DoorRequest, { store }: Served): Promise<Answer> {
    if (invocation.method === NO_METHOD) throw missingAuthenticationToken();
    await letIn(invocation, store, this.#gate);
    const body = await (invocation.signed?.body() ?? readBody(door));
    const answer = await execute(invocation, body, this.#gate.integrations);
    if (invocation.method.methodIntegration?.type !== "HTTP_PROXY" && !answer.headers.has("X-Amzn-Trace-Id")) {
      answer.headers.add("X-Amzn-Trace-Id", invocation.request.headers.get("X-Amzn-Trace-Id") ?? "");
    }
    return answer;
  }

  #finish(invocation: Invocation, { scope, stage, api, store }: Served, answer: Answer): void {
    const { context, settings, log, method, resource, integrationLatency, startedAt } = invocation;
    const now = this.#host.clock.now();
    const latency = now - startedAt;
    const { status } = answer;
    const found = method === NO_METHOD ? {} : { method: { httpMethod: method.httpMethod, path: resource.path } };
    const measured = {
      apiName: api.apiName,
      stageName: stage.stageName,
      status,
      latency,
      integrationLatency,
      ...found,
    };
    this.#metrics.record(scope, measured, settings, now);
    if (!stage.accessLogSettings && log.lines.length === 0) return;
    const role = store.cloudwatchRoleArn;
    this.#logs.execution(scope, stage, role, context.requestId, log);
    const all = {
      ...context,
      status: String(status),
      responseLength: String(answer.body.length),
      responseLatency: String(latency),
      ...(integrationLatency !== undefined && {
        integrationLatency: String(integrationLatency),
        integration: {
          latency: integrationLatency,
          status: context.integrationStatus,
          integrationStatus: context.integrationStatus,
          // a proxied function has a status of its own, where it answered one
          ...context.integration,
        },
      }),
    };
    this.#logs.access(scope, stage, role, all);
  }
}

/** The body is read once: for the signature, where that is verified, else when the client is let in. */
function signedWire(door: DoorRequest): SignedWire {
  const { method, path, query, headers, rawHeaders } = door;
  let body: Promise<Buffer> | undefined;
  return { method, path, query, headers, rawHeaders, body: () => (body ??= readBody(door)) };
}

/** In the place of a method that is not there. */
const NO_METHOD: Invocation["method"] = { httpMethod: "", authorizationType: "NONE", apiKeyRequired: false };

const detailOf = ({ loggingLevel }: MethodSetting): LogDetail =>
  loggingLevel === "INFO" ? "all" : loggingLevel === "ERROR" ? "errors" : "none";

async function readBody(door: DoorRequest): Promise<Buffer> {
  try {
    return await door.body(PAYLOAD_LIMIT_BYTES);
  } catch (error) {
    if (error instanceof AwsError) throw requestTooLong();
    throw error;
  }
}

/** An answer before it is known whose gateway responses word it. */
function bare(error: GatewayError, status: number, extendedRequestId: string): DoorAnswer {
  const headers = new HeaderList([
    ["x-amzn-ErrorType", error.errorType],
    ["Content-Type", "application/json"],
  ]);
  return doorAnswer({ status, headers, body: Buffer.from(JSON.stringify({ message: error.text })) }, extendedRequestId);
}

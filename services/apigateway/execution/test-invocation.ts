import type { Host } from "../../../emulator/model/context.ts";
import type { AuthorizationResult, Method, Resource, TestAuthorization, TestInvocation, TestResult } from "../model.ts";
import { CompiledApi } from "./compiled-api.ts";
import { identityOf, requestTime } from "./context.ts";
import { ExecutionLog } from "./execution-log.ts";
import { answerError, asGatewayError, execute } from "./flow.ts";
import { HeaderList } from "./header-list.ts";
import type { Integrations } from "./integration/integrations.ts";
import { newInvocation, type Invocation } from "./invocation.ts";
import type { LambdaAuthorizers } from "./lambda-authorizer.ts";
import { queryOf } from "./method-request.ts";
import { Router } from "./router.ts";

/** What AWS puts in the place of a stage. */
const TEST_STAGE = "test-invoke-stage";

/** Runs a method as it is being edited, without authorizer, key and throttling, and tells how it went. */
export async function testInvoke(host: Host, integrations: Integrations, test: TestInvocation): Promise<TestResult> {
  const { resource, method, pathWithQueryString = resource.path } = test;
  const [path] = pathWithQueryString.split("?", 1) as [string];
  const routed = new Router([resource]).find(path);
  const invocation = testOf(host, test, { resource, method, pathParameters: routed?.pathParameters ?? {} });
  const answer = await execute(invocation, Buffer.from(test.body ?? ""), integrations).catch((error: unknown) =>
    answerError(invocation, asGatewayError(invocation, error)),
  );
  return {
    status: answer.status,
    body: answer.body.toString("utf8"),
    headers: answer.headers.single(),
    multiValueHeaders: answer.headers.multi(),
    log: logText(invocation),
    latency: host.clock.now() - invocation.startedAt,
  };
}

/** Asks an authorizer, past its cache. */
export async function testAuthorize(
  host: Host,
  authorizers: LambdaAuthorizers,
  test: TestAuthorization,
): Promise<AuthorizationResult> {
  const { api, authorizer } = test;
  const resource: Resource = { id: api.definition.rootResourceId, path: "/", methods: {} };
  const method: Method = { httpMethod: "GET", authorizationType: "CUSTOM", apiKeyRequired: false };
  const invocation = testOf(host, test, { resource, method, pathParameters: {} });
  const latency = () => host.clock.now() - invocation.startedAt;
  try {
    const uncached = { ...authorizer, authorizerResultTtlInSeconds: 0 };
    const { principalId, policy, context } = await authorizers.authorize(invocation, uncached);
    return {
      clientStatus: 0,
      log: logText(invocation),
      latency: latency(),
      principalId,
      policy,
      authorization: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, [value]])),
    };
  } catch (error) {
    const answer = answerError(invocation, asGatewayError(invocation, error));
    return { clientStatus: answer.status, log: logText(invocation), latency: latency() };
  }
}

function testOf(
  host: Host,
  test: TestInvocation | TestAuthorization,
  found: Pick<Invocation, "resource" | "method" | "pathParameters">,
): Invocation {
  const { api, account, region, stageVariables, pathWithQueryString = found.resource.path } = test;
  const [path = "/", search = ""] = pathWithQueryString.split("?", 2);
  const headers = new HeaderList(Object.entries(test.headers));
  for (const [name, values] of Object.entries(test.multiValueHeaders)) headers.set(name, values);
  const startedAt = host.clock.now();
  const { httpMethod } = found.method;
  const userAgent = headers.get("User-Agent");
  const requestId = host.ids.uuid();
  return newInvocation({
    host,
    scope: { account, region },
    api: new CompiledApi(api.id, api.name, api.definition),
    stageName: TEST_STAGE,
    stageVariables,
    request: {
      httpMethod,
      path,
      fullPath: `/${TEST_STAGE}${path}`,
      headers,
      query: queryOf(new URLSearchParams(search)),
      sourceIp: TEST_STAGE,
      protocol: "HTTP/1.1",
    },
    context: {
      accountId: account,
      apiId: api.id,
      stage: TEST_STAGE,
      requestId,
      extendedRequestId: requestId,
      httpMethod,
      path: found.resource.path,
      protocol: "HTTP/1.1",
      requestTime: requestTime(startedAt),
      requestTimeEpoch: startedAt,
      domainName: "testPrefix.testDomainName",
      domainPrefix: "testPrefix",
      deploymentId: "",
      identity: {
        ...identityOf(`${TEST_STAGE}-source-ip`, userAgent),
        apiKey: TEST_STAGE,
        apiKeyId: `${TEST_STAGE}-api-key-id`,
      },
      resourceId: found.resource.id,
      resourcePath: found.resource.path,
    },
    log: new ExecutionLog("all", true),
    startedAt,
    settings: {},
    ...found,
  });
}

/** `Sat Nov 21 15:00:00 UTC 2026` */
function javaDate(atMs: number): string {
  const [day, date, month, year, time] = new Date(atMs).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}

function logText({ context, log, startedAt }: Invocation): string {
  const date = javaDate(startedAt);
  return [`Execution log for request ${context.requestId}`, ...log.lines.map((line) => `${date} : ${line}`), ""].join(
    "\n",
  );
}

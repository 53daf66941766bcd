import type { Authorizer } from "../model.ts";
import { contextText } from "./context.ts";
import { authorizerConfigurationError, authorizerFailure, GatewayError, unauthorized } from "./gateway-error.ts";
import { methodArn, type Invocation } from "./invocation.ts";
import { callLambda, functionOf } from "./integration/lambda.ts";
import { errorMessage, requestContext, requestParts } from "./integration/lambda-proxy.ts";
import { withTimeout } from "./integration/timeout.ts";
import { javaRegex } from "./vtl/java-regex.ts";

/** How long an authorizer may take, in milliseconds. */
const TIMEOUT_MS = 29_000;
/** Answers that are kept. */
const MOST_CACHED = 10_000;

/** What an authorizer said of a client. */
export interface Authorization {
  readonly principalId: string;
  /** A policy document: JSON. */
  readonly policy: string;
  /** `$context.authorizer.*`: values as text. */
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey?: string;
  /** Milliseconds that the function took; 0 for an answer out of the cache. */
  readonly latency: number;
}

interface Cached {
  readonly authorization: Authorization;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** Lambda authorizers, with what they answered for as long as it holds. */
export class LambdaAuthorizers {
  readonly #cache = new Map<string, Cached>();

  /** Forgets the answers of a stage. */
  flush(apiId: string, stage: string): void {
    for (const key of this.#cache.keys()) if (key.startsWith(`${apiId}\n${stage}\n`)) this.#cache.delete(key);
  }

  /** @throws GatewayError Unauthorized, or what is wrong with the function */
  async authorize(invocation: Invocation, authorizer: Authorizer): Promise<Authorization> {
    const identity = identityOf(invocation, authorizer);
    const ttlMs = authorizer.authorizerResultTtlInSeconds * 1000;
    const isCached = ttlMs > 0 && identity.length > 0;
    // as JSON: no value of one source may look like the values of two
    const key = [invocation.api.apiId, invocation.stageName, authorizer.id, JSON.stringify(identity)].join("\n");
    const now = invocation.host.clock.now();
    const known = isCached ? this.#cache.get(key) : undefined;
    if (known && known.until > now) return { ...known.authorization, latency: 0 };
    const authorization = await ask(invocation, authorizer, identity[0] ?? "");
    if (isCached) {
      if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
      this.#cache.set(key, { authorization, until: now + ttlMs });
    }
    return authorization;
  }
}

/** The values of the identity sources; all have to be there. @throws GatewayError Unauthorized */
function identityOf(invocation: Invocation, authorizer: Authorizer): string[] {
  const sources = (authorizer.identitySource ?? "")
    .split(",")
    .map((source) => source.trim())
    .filter(Boolean);
  const values = sources.map((source) => identityValue(invocation, source));
  if (values.some((value) => value === undefined || value === "")) throw unauthorized();
  const { identityValidationExpression: expression } = authorizer;
  if (authorizer.type === "TOKEN" && expression && !javaRegex(`^(?:${expression})$`).test(values[0] ?? "")) {
    throw unauthorized();
  }
  return values as string[];
}

function identityValue({ request, stageVariables, context }: Invocation, source: string): string | undefined {
  const [, place, name = ""] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (place === "header") return request.headers.get(name);
  if (place === "querystring") return request.query[name]?.at(-1);
  if (source.startsWith("stageVariables.")) return stageVariables[source.slice("stageVariables.".length)];
  return source.startsWith("context.") ? contextText(context, source.slice("context.".length)) : undefined;
}

async function ask(invocation: Invocation, authorizer: Authorizer, token: string): Promise<Authorization> {
  const { host, scope, api, log, stageVariables } = invocation;
  const functionArn = functionOf(authorizer.authorizerUri, stageVariables);
  if (functionArn === undefined) throw authorizerConfigurationError();
  const begun = host.clock.now();
  const payload = JSON.stringify(eventOf(invocation, authorizer, token));
  let answer;
  try {
    answer = await withTimeout(host, TIMEOUT_MS, () =>
      callLambda(invocation, {
        functionArn,
        payload,
        credentials: authorizer.authorizerCredentials,
        sourceArn: `arn:aws:execute-api:${scope.region}:${scope.account}:${api.apiId}/authorizers/${authorizer.id}`,
      }),
    );
  } catch (error) {
    if (error instanceof GatewayError) throw authorizerConfigurationError(error);
    throw error;
  }
  log.data(() => `Authorizer result body before parsing: ${answer.payload}`);
  if (answer.failed) {
    if (errorMessage(answer.payload) === "Unauthorized") throw unauthorized();
    log.error(`Execution failed due to an authorizer error: ${errorMessage(answer.payload)}`);
    throw authorizerFailure();
  }
  const read = readAnswer(answer.payload);
  if (typeof read === "string") {
    log.error(`Execution failed due to configuration error: Invalid JSON in response: ${read}`);
    throw authorizerConfigurationError();
  }
  return { ...read, latency: host.clock.now() - begun };
}

function eventOf(invocation: Invocation, authorizer: Authorizer, token: string): object {
  const arn = methodArn(invocation, "request");
  if (authorizer.type === "TOKEN") return { type: "TOKEN", methodArn: arn, authorizationToken: token };
  const { request, resource, stageVariables } = invocation;
  return {
    type: "REQUEST",
    methodArn: arn,
    resource: resource.path,
    path: request.path,
    httpMethod: request.httpMethod,
    ...requestParts(invocation),
    stageVariables,
    requestContext: requestContext(invocation),
  };
}

/** @returns what is wrong with an answer, or what it says */
function readAnswer(payload: string): Omit<Authorization, "latency"> | string {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch (error) {
    return (error as Error).message;
  }
  if (typeof answer !== "object" || answer === null) return "the authorizer answered no object";
  const { principalId, policyDocument, context, usageIdentifierKey } = answer as Record<string, unknown>;
  if (typeof principalId !== "string") return "principalId is missing";
  if (typeof policyDocument !== "object" || policyDocument === null) return "policyDocument is missing";
  if (!Array.isArray((policyDocument as { Statement?: unknown }).Statement)) {
    if (typeof (policyDocument as { Statement?: unknown }).Statement !== "object")
      return "policyDocument has no Statement";
  }
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(context ?? {})) {
    if (value === null) continue;
    if (typeof value === "object") return `context.${name} is neither a string nor a number nor a boolean`;
    values[name] = String(value);
  }
  return {
    principalId,
    policy: JSON.stringify(policyDocument),
    context: values,
    ...(typeof usageIdentifierKey === "string" && { usageIdentifierKey }),
  };
}

import type { Principal } from "../../../emulator/model/context.ts";
import { callerOf } from "./caller.ts";
import { accessDenied, authorizerConfigurationError } from "./gateway-error.ts";
import { methodArn, type Invocation } from "./invocation.ts";
import type { LambdaAuthorizers } from "./lambda-authorizer.ts";
import { anonymous, identityVerdict, resourceVerdict, type PolicyQuestion, type Verdict } from "./policy.ts";

/**
 * Whether a client may invoke a method: by its authorizer or its signature, and by the policy of the API.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 * @throws GatewayError
 */
export async function authorize(invocation: Invocation, authorizers: LambdaAuthorizers): Promise<void> {
  const { method } = invocation;
  if (method.authorizationType === "AWS_IAM") return authorizeBySignature(invocation);
  // a policy that denies ends it before an authorizer is asked
  const verdict = policyVerdict(invocation, anonymous(invocation.scope.account));
  if (verdict === "deny") throw refusedByPolicy(invocation, "anonymous", true);
  if (method.authorizationType === "CUSTOM") await authorizeByLambda(invocation, authorizers);
  if (verdict === "none") throw refusedByPolicy(invocation, "anonymous", false);
}

const questionOf = (invocation: Invocation, principal: Principal): PolicyQuestion => ({
  resource: methodArn(invocation, "request"),
  principal,
  conditions: {
    "aws:sourceip": invocation.request.sourceIp,
    "aws:useragent": invocation.request.headers.get("user-agent"),
    "aws:referer": invocation.request.headers.get("referer"),
    "aws:currenttime": new Date(invocation.startedAt).toISOString(),
    "aws:epochtime": String(Math.floor(invocation.startedAt / 1000)),
    "aws:securetransport": "true",
    "aws:principalaccount": principal.type === "service" ? undefined : principal.account,
    "aws:principalarn": principal.type === "assumed-role" ? principal.roleArn : undefined,
  },
});

/** Undefined: the API has no policy. */
function policyVerdict(invocation: Invocation, principal: Principal): Verdict | undefined {
  const policy = invocation.api.policy(invocation.scope);
  return policy === undefined ? undefined : resourceVerdict(policy, questionOf(invocation, principal));
}

/** Of the account, clients see its last digits only. */
function refusedByPolicy(invocation: Invocation, who: string, explicit: boolean) {
  const { account } = invocation.scope;
  const arn = methodArn(invocation, "request").replace(account, `${"*".repeat(8)}${account.slice(-4)}`);
  const said = `User: ${who} is not authorized to perform: execute-api:Invoke on resource: ${arn}`;
  return accessDenied(explicit ? `${said} with an explicit deny` : said);
}

async function authorizeBySignature(invocation: Invocation): Promise<void> {
  const { scope, request, host, context } = invocation;
  const { caller, accessKey } = await callerOf(invocation);
  invocation.caller = caller;
  Object.assign(context.identity, {
    accountId: caller.account,
    caller: caller.userId,
    user: caller.userId,
    userArn: caller.arn,
    accessKey,
  });
  const byPolicy = policyVerdict(invocation, caller);
  if (byPolicy === "deny") throw refusedByPolicy(invocation, caller.arn, true);
  const isForeign = caller.account !== scope.account;
  const refusal = host.authorization.refusal(
    {
      principal: caller,
      region: scope.region,
      sourceIp: request.sourceIp,
      userAgent: request.headers.get("user-agent"),
    },
    {
      action: "execute-api:Invoke",
      resource: methodArn(invocation, "request"),
      policy: isForeign ? invocation.api.policy(scope) : undefined,
    },
  );
  const isAllowed = isForeign
    ? refusal === undefined && byPolicy === "allow"
    : refusal === undefined || byPolicy === "allow";
  const isExplicit = refusal?.includes("with an explicit deny") === true;
  if (!isAllowed || isExplicit) throw refusedByPolicy(invocation, caller.arn, isExplicit);
}

async function authorizeByLambda(invocation: Invocation, authorizers: LambdaAuthorizers): Promise<void> {
  const authorizer = invocation.api.authorizer(invocation.method);
  if (!authorizer) throw authorizerConfigurationError();
  const authorization = await authorizers.authorize(invocation, authorizer);
  const { principalId, policy, context, usageIdentifierKey, latency } = authorization;
  invocation.context.authorizer = { principalId, integrationLatency: latency, ...context };
  if (usageIdentifierKey !== undefined) invocation.usageIdentifierKey = usageIdentifierKey;
  let verdict: Verdict;
  try {
    verdict = identityVerdict(policy, questionOf(invocation, anonymous(invocation.scope.account)));
  } catch (error) {
    invocation.log.error("Execution failed due to configuration error: Invalid policy document");
    throw authorizerConfigurationError(error);
  }
  if (verdict === "allow") return;
  const said = "User is not authorized to access this resource";
  throw accessDenied(verdict === "deny" ? `${said} with an explicit deny` : said);
}

import type { CreateAuthorizerRequest } from "@aws-sdk/client-api-gateway";
import { unsupported } from "../../emulator/model/errors.ts";
import { badRequest } from "./errors.ts";
import type { Authorizer } from "./model.ts";
import { compact } from "./patch.ts";

const DEFAULT_TTL_SECONDS = 300;
const LONGEST_TTL_SECONDS = 3600;

const URI = /^arn:aws:apigateway:[^:]+:lambda:path\/.+\/invocations$/;
const SOURCE = /^(method\.request\.(header|querystring)\.[^\s,]+|context\.[\w.]+|stageVariables\.\w+)$/;

/** The authorizer that a request describes. @throws BadRequestException; unsupported for Cognito user pools */
export function authorizerOf(id: string, input: CreateAuthorizerRequest): Authorizer {
  if (input.type === "COGNITO_USER_POOLS" || (input.providerARNs ?? []).length > 0) {
    throw unsupported("The authorizer type COGNITO_USER_POOLS");
  }
  const authorizer: Authorizer = compact({
    id,
    name: input.name ?? "",
    type: input.type ?? "TOKEN",
    authType: input.authType,
    authorizerUri: input.authorizerUri ?? "",
    authorizerCredentials: input.authorizerCredentials,
    identitySource: input.identitySource,
    identityValidationExpression: input.identityValidationExpression,
    authorizerResultTtlInSeconds: input.authorizerResultTtlInSeconds ?? DEFAULT_TTL_SECONDS,
  });
  checkAuthorizer(authorizer);
  return authorizer;
}

/** @throws BadRequestException */
export function checkAuthorizer(authorizer: Authorizer): void {
  const { name, type, authorizerUri, identitySource, authorizerResultTtlInSeconds: ttl } = authorizer;
  if (name.trim() === "") throw badRequest("Authorizer name cannot be blank");
  if (!URI.test(authorizerUri))
    throw badRequest(
      "Invalid Authorizer URI: " +
        authorizerUri +
        ". Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.",
    );
  if (!(ttl >= 0 && ttl <= LONGEST_TTL_SECONDS)) {
    throw badRequest(`Authorizer result TTL must be between 0 and ${LONGEST_TTL_SECONDS} seconds`);
  }
  const sources = identitySource?.split(",").map((source) => source.trim()) ?? [];
  if (type === "TOKEN" && sources.length !== 1)
    throw badRequest("Invalid identity source specified for TOKEN authorizer");
  if (type === "REQUEST" && sources.length === 0 && ttl > 0) {
    throw badRequest("Identity source is required for REQUEST authorizer when caching is enabled");
  }
  const wrong = sources.find((source) => !SOURCE.test(source));
  if (wrong !== undefined) throw badRequest(`Invalid identity source specified: ${wrong}`);
}

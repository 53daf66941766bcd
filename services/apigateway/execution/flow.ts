import { AwsError } from "../../../emulator/model/errors.ts";
import type { ApiGatewayStore } from "../store.ts";
import { admit } from "./admit.ts";
import { authorize } from "./authorize.ts";
import { mapText } from "./execution-log.ts";
import { errorContext, renderGatewayResponse } from "./gateway-response.ts";
import { GatewayError, internalError } from "./gateway-error.ts";
import type { Answer } from "./integration/answer.ts";
import type { Integrations } from "./integration/integrations.ts";
import type { Invocation } from "./invocation.ts";
import type { LambdaAuthorizers } from "./lambda-authorizer.ts";
import { lastValues } from "./method-request.ts";
import type { Throttles } from "./throttle.ts";
import { validateRequest } from "./validate-request.ts";
import { checkAnswer, decompress } from "./write-answer.ts";

/** What the steps of an invocation share with all others. */
export interface Gatekeepers {
  readonly authorizers: LambdaAuthorizers;
  readonly throttles: Throttles;
  readonly integrations: Integrations;
}

/** Lets a client's request in: who it is, what it may do, how much of it. @throws GatewayError */
export async function letIn(invocation: Invocation, store: ApiGatewayStore, gate: Gatekeepers): Promise<void> {
  await authorize(invocation, gate.authorizers);
  admit(invocation, store, gate.throttles);
}

/** Takes a request that was let in to its integration, and answers it. @throws GatewayError */
export async function execute(invocation: Invocation, body: Buffer, integrations: Integrations): Promise<Answer> {
  const { api, request, log, resource, pathParameters } = invocation;
  log.info(() => `Starting execution for request: ${invocation.context.requestId}`);
  log.info(() => `HTTP Method: ${request.httpMethod}, Resource Path: ${resource.path}`);
  log.data(() => `Method request path: ${mapText(pathParameters)}`);
  log.data(() => `Method request query string: ${mapText(lastValues(request.query))}`);
  log.data(() => `Method request headers: ${mapText(request.headers.multi())}`);
  invocation.body = await decompress(api.definition, request.headers, body);
  log.data(() => `Method request body before transformations: ${invocation.body.toString("utf8")}`);
  validateRequest(invocation);
  const answer = await integrations.run(invocation);
  checkAnswer(answer);
  log.data(() => `Method response body after transformations: ${answer.body.toString("utf8")}`);
  log.data(() => `Method response headers: ${mapText(answer.headers.multi())}`);
  log.info(() => "Successfully completed execution");
  log.info(() => `Method completed with status: ${answer.status}`);
  return answer;
}

/** Whatever was thrown on the way, as the error that API Gateway makes of it. */
export function asGatewayError({ host, log }: Pick<Invocation, "host" | "log">, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof AwsError) {
    log.error(`Execution failed: ${error.name}: ${error.message}`);
  } else {
    host.log.error("the invocation of a REST API failed", { error });
    log.error("Execution failed due to an internal error");
  }
  return internalError(error);
}

/** The answer to a request that failed. */
export function answerError(invocation: Invocation, error: GatewayError): Answer {
  invocation.context.error = errorContext(error);
  const answer = renderGatewayResponse(invocation.api.definition, invocation, error);
  invocation.log.error(`Gateway response type: ${error.type} with status code: ${answer.status}`);
  invocation.log.info(() => `Method completed with status: ${answer.status}`);
  try {
    checkAnswer(answer);
    return answer;
  } catch {
    // the gateway response itself says what HTTP cannot carry
    return renderGatewayResponse({ ...invocation.api.definition, gatewayResponses: {} }, invocation, internalError());
  }
}

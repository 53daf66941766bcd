import { AwsError } from "../../../../emulator/model/errors.ts";
import { internalError, notJson, requestTooLong } from "../gateway-error.ts";
import type { Invocation } from "../invocation.ts";
import { fillUri } from "../parameter-mapping.ts";
import { callAs, integrationPrincipal } from "./credentials.ts";

const FUNCTION = /:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/;

/** The function that a URI names (`arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`). */
export function functionOf(uri: string, stageVariables: Readonly<Record<string, string>>): string | undefined {
  return FUNCTION.exec(fillUri(uri, {}, stageVariables))?.[1];
}

export interface LambdaAnswer {
  readonly status: number;
  readonly payload: string;
  readonly failed: boolean;
}

export interface LambdaCall {
  readonly functionArn: string;
  readonly payload: string | Buffer;
  readonly credentials: string | undefined;
  /** Whom the function's policy has to allow. */
  readonly sourceArn: string;
  readonly asynchronous?: boolean;
}

/** @throws GatewayError where the function may not be called, or is not there */
export async function callLambda(invocation: Invocation, call: LambdaCall): Promise<LambdaAnswer> {
  const { functionArn, payload, credentials, sourceArn, asynchronous } = call;
  const principal = integrationPrincipal(invocation, credentials, sourceArn);
  const region = functionArn.split(":")[3] || invocation.scope.region;
  try {
    const answer = await callAs(invocation, principal, region)("lambda", "Invoke", {
      FunctionName: functionArn,
      Payload: typeof payload === "string" ? Buffer.from(payload) : payload,
      InvocationType: asynchronous ? "Event" : "RequestResponse",
    });
    return {
      status: answer.StatusCode ?? 200,
      payload: answer.Payload ? Buffer.from(answer.Payload).toString("utf8") : "",
      failed: answer.FunctionError !== undefined,
    };
  } catch (error) {
    throw refusal(invocation, error);
  }
}

function refusal({ host, log }: Invocation, error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error.name === "RequestTooLargeException") return requestTooLong();
  // what a template made of the request
  if (error.name === "InvalidRequestContentException") return notJson(error.message);
  // clients see an internal error, and stages rarely log: somebody has to learn who may not do what
  if (error.name === "AccessDeniedException")
    host.log.warn("API Gateway may not invoke a function", { error: error.message });
  const isForbidden = error.name === "AccessDeniedException" || error.name === "ResourceNotFoundException";
  log.error(
    isForbidden
      ? "Execution failed due to configuration error: Invalid permissions on Lambda function"
      : `Execution failed: ${error.name}: ${error.message}`,
  );
  return internalError(error);
}

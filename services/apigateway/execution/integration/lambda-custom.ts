import type { Integration } from "../../model.ts";
import { HeaderList } from "../header-list.ts";
import { methodArn, type Invocation } from "../invocation.ts";
import type { BackendAnswer } from "./answer.ts";
import { errorMessage } from "./lambda-proxy.ts";
import { callLambda } from "./lambda.ts";
import type { IntegrationRequest } from "./request.ts";

/** A function that gets what a template made, and whose answer templates read (type AWS). */
export async function runLambdaCustom(
  invocation: Invocation,
  integration: Integration,
  functionArn: string,
  { headers, body }: IntegrationRequest,
): Promise<BackendAnswer> {
  const asynchronous = headers.get("X-Amz-Invocation-Type") === "Event";
  const { status, payload, failed } = await callLambda(invocation, {
    functionArn,
    payload: body,
    credentials: integration.credentials,
    sourceArn: methodArn(invocation, "resource"),
    asynchronous,
  });
  const answer = new HeaderList([["Content-Type", "application/json"]]);
  if (failed) answer.set("X-Amz-Function-Error", "Unhandled");
  return {
    status,
    headers: answer,
    body: Buffer.from(payload),
    // patterns see the message of a function that failed; of one that did not, they see nothing: `.+` is any failure
    selection: failed ? errorMessage(payload) : "",
  };
}

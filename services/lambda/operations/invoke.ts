import { unsupported } from "../../../emulator/model/errors.ts";
import type { Operation } from "../index.ts";
import { resolveTarget } from "../target.ts";

/**
 * Runs a function: and waits for what it answers, or only keeps the event, or (DryRun) does neither.
 * @throws ResourceNotFoundException, TooManyRequestsException, InvalidRequestContentException, RequestTooLargeException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const invoke: Operation<"Invoke"> = async (ctx, input) => {
  if (input.DurableExecutionName !== undefined) throw unsupported("DurableExecutionName");
  if (input.TenantId !== undefined) throw unsupported("TenantId");
  if (input.InvocationType === "DryRun") {
    resolveTarget(ctx.store, ctx.ids, input.FunctionName, input.Qualifier);
    return { StatusCode: 204 };
  }
  const { statusCode, payload, functionError, executedVersion, logTail } = await ctx.engine.invoker.invoke({
    account: ctx.account,
    region: ctx.region,
    functionName: input.FunctionName,
    ...(input.Qualifier !== undefined && { qualifier: input.Qualifier }),
    // the SDK lets clients give more kinds of blobs than there are on the wire
    payload: (input.Payload as Uint8Array | undefined) ?? "",
    invocationType: input.InvocationType ?? "RequestResponse",
    logTail: input.LogType === "Tail",
    requestId: ctx.requestId,
    ...(input.ClientContext !== undefined && { clientContext: input.ClientContext }),
    signal: ctx.signal,
  });
  if (statusCode === 202) return { StatusCode: statusCode };
  return {
    StatusCode: statusCode,
    Payload: typeof payload === "string" ? Buffer.from(payload) : payload,
    ExecutedVersion: executedVersion,
    ...(functionError && { FunctionError: functionError }),
    ...(logTail !== undefined && { LogResult: Buffer.from(logTail).toString("base64") }),
  };
};

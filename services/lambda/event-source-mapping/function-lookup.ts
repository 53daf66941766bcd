import type { Call, Principal } from "../../../emulator/model/context.ts";
import { functionDoesNotExist } from "./errors.ts";

export interface MappedFunction {
  /** With the qualifier that was asked for, if any. */
  readonly functionArn: string;
  readonly role: string;
}

/**
 * Finds the function of a mapping by name, partial ARN or ARN, with or without qualifier.
 * @throws AwsError InvalidParameterValueException
 */
export async function findFunction(
  { call, account, region }: { readonly call: Call; readonly account: string; readonly region: string },
  functionName: string,
): Promise<MappedFunction> {
  // a lookup of Lambda's own: the caller needs no permission to read the function
  const principal: Principal = {
    type: "service",
    account,
    arn: "lambda.amazonaws.com",
    userId: "lambda.amazonaws.com",
  };
  try {
    const found = await call("lambda", "GetFunctionConfiguration", { FunctionName: functionName }, { principal });
    const { FunctionArn = "", Role = "" } = found;
    if (!FunctionArn.startsWith(`arn:aws:lambda:${region}:${account}:`)) throw functionDoesNotExist();
    return { functionArn: FunctionArn, role: Role };
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") throw functionDoesNotExist();
    throw error;
  }
}

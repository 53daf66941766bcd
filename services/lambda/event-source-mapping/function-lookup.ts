import type { Ids } from "../../../emulator/runtime/ids.ts";
import type { LambdaStore } from "../store.ts";
import { resolveTarget } from "../target.ts";
import { functionDoesNotExist } from "./errors.ts";

export interface MappedFunction {
  /** With the qualifier that was asked for, if any. */
  readonly functionArn: string;
  /** ARN of the role that the function has now. */
  readonly role: string;
  readonly timeoutSeconds: number;
}

/**
 * Finds the function of a mapping by name, partial ARN or ARN, with or without qualifier.
 * @throws AwsError InvalidParameterValueException
 */
export function findFunction(store: LambdaStore, ids: Ids, functionName: string): MappedFunction {
  try {
    const { version, invokedArn } = resolveTarget(store, ids, functionName);
    return { functionArn: invokedArn, role: version.role, timeoutSeconds: version.timeoutSeconds };
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") throw functionDoesNotExist();
    throw error;
  }
}

import { invalidParameter, missingParameter, resourceNotFound } from "./errors.ts";
import type { MoveTask, Queue } from "./model.ts";
import type { SqsStore } from "./store.ts";

export const isActive = ({ status }: MoveTask): boolean => status === "RUNNING" || status === "CANCELLING";

/** A queue that a task names by its ARN. @throws ResourceNotFoundException, MissingParameter */
export function requireByArn(
  store: SqsStore,
  parameter: "SourceArn" | "DestinationArn",
  arn: string | undefined,
): Queue {
  if (arn === undefined) throw missingParameter(parameter);
  const queue = store.findByArn(arn);
  if (!queue) throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  return queue;
}

export const writeTaskHandle = ({ id, sourceArn }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString("base64");

/** @throws InvalidParameterValue */
export function readTaskHandle(handle: string | undefined): { readonly taskId: string; readonly sourceArn: string } {
  if (handle === undefined) throw missingParameter("TaskHandle");
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString("utf8")) as Record<string, unknown>;
    if (typeof taskId === "string" && typeof sourceArn === "string") return { taskId, sourceArn };
  } catch {
    // no handle of ours: refused below like any other
  }
  throw invalidParameter("Value for parameter TaskHandle is invalid.");
}

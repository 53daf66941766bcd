import type { Call, Host } from "../../../emulator/model/context.ts";
import { invalidParameter } from "./errors.ts";
import type { Mapping } from "./model.ts";
import { requireAllowed } from "./role.ts";

/** What the role of a function that reads a queue needs. */
const READING = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

export const urlOfQueue = ({ endpoint }: Pick<Host, "endpoint">, arn: string): string => {
  const [, , , , account = "", name = ""] = arn.split(":");
  return `${endpoint}/${account}/${name}`;
};

/**
 * Checks that a mapping can read its queue, and that a message stays hidden for as long as the function may take.
 * @throws AwsError InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export async function checkQueue(host: Host, call: Call, mapping: Mapping, timeoutSeconds: number): Promise<void> {
  for (const operation of READING) {
    requireAllowed(host, mapping, `sqs:${operation}`, () =>
      invalidParameter(`The provided execution role does not have permissions to call ${operation} on SQS`),
    );
  }
  const visibilitySeconds = await visibilityTimeout(host, call, mapping.eventSourceArn);
  if (visibilitySeconds < timeoutSeconds) {
    throw invalidParameter(
      `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  }
}

async function visibilityTimeout(host: Host, call: Call, arn: string): Promise<number> {
  try {
    const { Attributes } = await call("sqs", "GetQueueAttributes", {
      QueueUrl: urlOfQueue(host, arn),
      AttributeNames: ["VisibilityTimeout"],
    });
    return Number(Attributes?.VisibilityTimeout ?? 0);
  } catch (error) {
    if ((error as Error).name !== "QueueDoesNotExist") throw error;
    throw invalidParameter(
      `Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: ${(error as Error).message}`,
    );
  }
}

import type { Context } from "../../emulator/model/context.ts";
import { checkDestination, parseDestination } from "./destinations.ts";
import { invalidParameter } from "./errors.ts";
import type { LambdaState } from "./index.ts";
import { functionPrincipal } from "./role.ts";

/**
 * The queue or topic for discarded events that a request gives; undefined: none.
 * @throws InvalidParameterValueException when it is not there, or the role may not send to it
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeadLetterConfig.html
 */
export async function deadLetterTargetOf(
  ctx: Context<LambdaState>,
  config: { readonly TargetArn?: string | undefined },
  { name, role }: { readonly name: string; readonly role: string },
): Promise<string | undefined> {
  if (!config.TargetArn) return undefined;
  const destination = parseDestination(config.TargetArn);
  if (destination?.kind !== "sqs" && destination?.kind !== "sns") {
    throw invalidParameter(`The dead letter target ${config.TargetArn} is neither an SQS queue nor an SNS topic.`);
  }
  const { scope } = ctx.store;
  await checkDestination(ctx, scope, destination, () => functionPrincipal(ctx, scope, { name, role }));
  return config.TargetArn;
}

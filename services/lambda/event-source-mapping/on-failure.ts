import type { Context } from "../../../emulator/model/context.ts";
import { checkDestination, parseDestination } from "../destinations.ts";
import type { LambdaState } from "../index.ts";
import { functionPrincipal } from "../role.ts";
import type { Settings } from "./model.ts";

/**
 * Checks that the on-failure destination of a mapping is there, and that the function's role may send to it.
 * @throws AwsError InvalidParameterValueException
 */
export async function checkOnFailure(
  ctx: Context<LambdaState>,
  functionArn: string,
  role: string,
  { onFailureDestination }: Settings,
): Promise<void> {
  const destination = onFailureDestination === undefined ? undefined : parseDestination(onFailureDestination);
  if (!destination) return;
  const { scope } = ctx.store;
  const name = functionArn.split(":")[6] ?? "";
  await checkDestination(ctx, scope, destination, () => functionPrincipal(ctx, scope, { name, role }));
}

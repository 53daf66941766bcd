import { unless, type ProviderContext } from "../../cloudformation/provider.ts";

type Given = { readonly PolicyDocument: object } | undefined;

/** Gives a table or a stream the policy that it is to have, or takes away the one that it has. */
export async function updatePolicy(
  ctx: ProviderContext,
  ResourceArn: string,
  before: Given,
  after: Given,
): Promise<void> {
  if (before === undefined && after === undefined) return;
  const present = await unless(ctx.call("dynamodb", "GetResourcePolicy", { ResourceArn }), "PolicyNotFoundException");
  const Policy = after && JSON.stringify(after.PolicyDocument);
  if (present?.Policy === Policy) return;
  if (Policy !== undefined) await ctx.call("dynamodb", "PutResourcePolicy", { ResourceArn, Policy });
  else await ctx.call("dynamodb", "DeleteResourcePolicy", { ResourceArn });
}

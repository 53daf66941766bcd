import { type ProviderContext, tagChanges } from "../../cloudformation/provider.ts";

type Tags = Parameters<typeof tagChanges>[0];

/** Gives a table or a stream the tags that it is to have, and takes those away that it is to have no more. */
export async function updateTags(ctx: ProviderContext, ResourceArn: string, before: Tags, after: Tags): Promise<void> {
  const { set, removed } = tagChanges(before, after);
  if (removed.length > 0) await ctx.call("dynamodb", "UntagResource", { ResourceArn, TagKeys: removed });
  const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) await ctx.call("dynamodb", "TagResource", { ResourceArn, Tags });
}

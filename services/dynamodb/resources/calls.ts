import { unless, type ProviderContext } from "../../cloudformation/provider.ts";

export const describe = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("dynamodb", "DescribeTable", { TableName: name }), "ResourceNotFoundException");

export const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`table ${name} to become ACTIVE`, async () => {
    const { Table } = await ctx.call("dynamodb", "DescribeTable", { TableName: name });
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    return Table?.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE");
  });

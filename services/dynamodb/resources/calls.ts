import { unless, type ProviderContext } from "../../cloudformation/provider.ts";

export const describe = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("dynamodb", "DescribeTable", { TableName: name }), "ResourceNotFoundException");

/** Waits for a table, its indexes and its replicas. */
export const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`table ${name} to become ACTIVE`, async () => {
    const { Table } = await ctx.call("dynamodb", "DescribeTable", { TableName: name });
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    const replicas = Table?.Replicas ?? [];
    return (
      Table?.TableStatus === "ACTIVE" &&
      indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE") &&
      replicas.every(({ ReplicaStatus }) => ReplicaStatus === "ACTIVE")
    );
  });

/** The same stack's resource, as seen from another region. */
export const inRegion = (ctx: ProviderContext, region: string): ProviderContext => ({
  ...ctx,
  region,
  call: (service, operation, input, options) => ctx.call(service, operation, input, { ...options, region }),
});

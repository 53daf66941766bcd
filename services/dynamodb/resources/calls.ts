import type { OutputOf } from "../../../emulator/model/sdk.ts";
import { unless, type ProviderContext } from "../../cloudformation/provider.ts";

export type TableDescription = NonNullable<OutputOf<"dynamodb", "DescribeTable">["Table"]>;

export const describe = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("dynamodb", "DescribeTable", { TableName: name }), "ResourceNotFoundException");

/** A table with its indexes and its replicas. */
export const isActive = (table: TableDescription | undefined): boolean => {
  const { TableStatus, GlobalSecondaryIndexes: indexes = [], Replicas: replicas = [] } = table ?? {};
  return (
    TableStatus === "ACTIVE" &&
    indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE") &&
    replicas.every(({ ReplicaStatus }) => ReplicaStatus === "ACTIVE")
  );
};

export const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`table ${name} to become ACTIVE`, async () => {
    const { Table } = await ctx.call("dynamodb", "DescribeTable", { TableName: name });
    return isActive(Table);
  });

/** The same stack's resource, as seen from another region. */
export const inRegion = (ctx: ProviderContext, region: string): ProviderContext => ({
  ...ctx,
  region,
  call: (service, operation, input, options) => ctx.call(service, operation, input, { ...options, region }),
});

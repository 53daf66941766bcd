import type { ProviderContext } from "../../cloudformation/provider.ts";
import type { StreamViewType } from "../streams/model.ts";
import { describe, untilActive } from "./calls.ts";
import { updatePolicy } from "./policy.ts";
import type { TableValues } from "./table-properties.ts";
import { updateTags } from "./tags.ts";

export const enabled = (StreamViewType: StreamViewType) => ({ StreamEnabled: true, StreamViewType });

/** A stream that is to show something else ends, and another one begins. */
export async function updateStream(
  ctx: ProviderContext,
  TableName: string,
  viewType: StreamViewType | undefined,
): Promise<void> {
  const now = (await describe(ctx, TableName))?.Table?.StreamSpecification?.StreamViewType;
  if (now === viewType) return;
  if (now !== undefined) {
    await ctx.call("dynamodb", "UpdateTable", { TableName, StreamSpecification: { StreamEnabled: false } });
    await untilActive(ctx, TableName);
  }
  if (viewType !== undefined) {
    await ctx.call("dynamodb", "UpdateTable", { TableName, StreamSpecification: enabled(viewType) });
    await untilActive(ctx, TableName);
  }
}

/** The policy and the tags of the stream that the table has now; an earlier stream keeps its own. */
export async function updateStreamOwn(
  ctx: ProviderContext,
  name: string,
  before: TableValues["StreamSpecification"],
  after: TableValues["StreamSpecification"],
): Promise<void> {
  const arn = after && (await describe(ctx, name))?.Table?.LatestStreamArn;
  if (arn === undefined) return;
  await updatePolicy(ctx, arn, before?.ResourcePolicy, after?.ResourcePolicy);
  const isNew = before?.StreamViewType !== after?.StreamViewType;
  await updateTags(ctx, arn, isNew ? undefined : before?.Tags, after?.Tags);
}

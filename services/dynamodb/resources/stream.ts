import type { ProviderContext } from "../../cloudformation/provider.ts";
import type { StreamViewType } from "../streams/model.ts";
import { describe, untilActive } from "./calls.ts";

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

import { type ProviderContext, unless } from "../../cloudformation/provider.ts";
import { describe } from "./calls.ts";

/** Deletes a table, and waits until it is gone. */
export const removeTable = (ctx: ProviderContext, name: string): Promise<void> =>
  ctx.waitUntil(`table ${name} to be gone`, async () => {
    const status = (await describe(ctx, name))?.Table?.TableStatus;
    if (status === undefined) return true;
    if (status === "ACTIVE") {
      await unless(ctx.call("dynamodb", "DeleteTable", { TableName: name }), "ResourceNotFoundException");
    }
    return false;
  });

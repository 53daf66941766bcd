import type { OutputOf } from "../../emulator/model/sdk.ts";
import type { Item } from "./attribute-value.ts";

/** An item as the SDK types it: the same thing, its union written another way. */
export type WireItem = NonNullable<OutputOf<"dynamodb", "GetItem">["Item"]>;

export const wireItem = (item: Item): WireItem => item as unknown as WireItem;

import { valuesEqual, type Item } from "../attribute-value.ts";
import { itemSizeBytes } from "../item-size.ts";
import type { ItemChange } from "../item-store.ts";
import { keyNames, type Keys } from "../model.ts";
import type { StreamViewType } from "./model.ts";

/** What became of an item, as a stream keeps it. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly sizeBytes: number;
  readonly keys: Item;
  readonly newImage: Item | undefined;
  readonly oldImage: Item | undefined;
  /** It was removed because its time to live was over. */
  readonly expired: boolean;
}

/** An item before and after a write; `text` is the JSON of `next`. */
export interface Change extends ItemChange {
  readonly text: string | undefined;
  /** Its time to live was over. */
  readonly expired?: boolean;
}

type Kept = [StreamRecord["eventName"], number, number, Item, Item | null, Item | null, 1?];

/** Whether a write has changed anything: one that puts what is there already leaves no record. */
export function isChange({ old, next, text }: Change): boolean {
  if (old === undefined || next === undefined) return old !== next;
  if (old.sizeBytes !== next.sizeBytes) return true;
  // the order of attributes, and of the members of sets, says nothing
  return old.text !== text && !valuesEqual({ M: old.item }, { M: next.item });
}

export const eventNameOf = ({ old, next }: ItemChange): StreamRecord["eventName"] =>
  old === undefined ? "INSERT" : next === undefined ? "REMOVE" : "MODIFY";

/** The record as it is kept. The texts of the items are taken as they are: nothing is encoded twice. */
export function recordText(
  { old, next, text, expired }: Change,
  { keys, viewType, createdAt }: { readonly keys: Keys; readonly viewType: StreamViewType; readonly createdAt: number },
): string {
  const item = next?.item ?? old?.item ?? {};
  const keyItem = Object.fromEntries(keyNames(keys).flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
  const newImage = viewType === "NEW_IMAGE" || viewType === "NEW_AND_OLD_IMAGES" ? next : undefined;
  const oldImage = viewType === "OLD_IMAGE" || viewType === "NEW_AND_OLD_IMAGES" ? old : undefined;
  const eventName = eventNameOf({ old, next });
  const sizeBytes = itemSizeBytes(keyItem) + (newImage?.sizeBytes ?? 0) + (oldImage?.sizeBytes ?? 0);
  return (
    `["${eventName}",${createdAt},${sizeBytes},${JSON.stringify(keyItem)},` +
    `${newImage === undefined ? "null" : (text ?? "null")},${oldImage?.text ?? "null"}${expired === true ? ",1" : ""}]`
  );
}

export function parseRecord(text: string): StreamRecord {
  const [eventName, createdAt, sizeBytes, keys, newImage, oldImage, expired] = JSON.parse(text) as Kept;
  return {
    eventName,
    createdAt,
    sizeBytes,
    keys,
    newImage: newImage ?? undefined,
    oldImage: oldImage ?? undefined,
    expired: expired === 1,
  };
}

import { pageByName } from "../../emulator/model/paging.ts";
import { invalidInput } from "./errors.ts";

/** What IAM answers at once unless MaxItems says otherwise. */
const DEFAULT_ITEMS = 100;

/** One page of a list, with the members that IAM tells of it. @throws InvalidInput */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  { Marker, MaxItems = DEFAULT_ITEMS }: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  const { items, next } = pageByName(all, nameOf, MaxItems, Marker, () => invalidInput("Invalid Marker."));
  return { items, IsTruncated: next !== undefined, ...(next !== undefined && { Marker: next }) };
}

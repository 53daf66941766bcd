import { pageByName } from "../../emulator/model/paging.ts";
import { invalidParameter } from "./errors.ts";

/** What SNS answers at once. */
const ITEMS = 100;

/** One page of a list. @throws InvalidParameter */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  token: string | undefined,
): { items: T[]; NextToken?: string } {
  const { items, next } = pageByName(all, nameOf, ITEMS, token, () => invalidParameter("NextToken"));
  return { items, ...(next !== undefined && { NextToken: next }) };
}

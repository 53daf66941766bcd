import { pageByName } from "../../emulator/model/paging.ts";
import { invalidToken } from "./errors.ts";

/** One page of a list. @throws InvalidNextToken */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: T[]; NextToken?: string } {
  const { items, next } = pageByName(all, nameOf, limit, token, invalidToken);
  return { items, ...(next !== undefined && { NextToken: next }) };
}

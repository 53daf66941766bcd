import { pageByName } from "../../emulator/model/paging.ts";
import { invalidNextToken } from "./errors.ts";

/** One page of a list. @throws InvalidParameterException */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: T[]; nextToken?: string } {
  const { items, next } = pageByName(all, nameOf, limit, token, invalidNextToken);
  return { items, ...(next !== undefined && { nextToken: next }) };
}

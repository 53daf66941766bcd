import { validationError } from "./errors.ts";
import type { Page } from "./store.ts";

const PAGE_SIZE = 100;

/** A page of a list; the token is the position at which the next one begins. */
export function page<T>(all: readonly T[], token: string | undefined): Page<T> {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw validationError("NextToken is invalid");
  const end = start + PAGE_SIZE;
  return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : undefined };
}

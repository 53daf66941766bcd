import type { AwsError } from "./errors.ts";

/** A place in a list as text that says nothing to the client: a marker, a token. */
export const toToken = (place: string): string => Buffer.from(place).toString("base64url");

export const fromToken = (token: string): string => Buffer.from(token, "base64url").toString("utf8");

/**
 * One page of a list of named items; the token is the name of the last item of the page before.
 * @throws the AwsError of `invalidToken` for one that names no item
 */
export function pageByName<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  limit: number,
  token: string | undefined,
  invalidToken: () => AwsError,
): { readonly items: T[]; readonly next: string | undefined } {
  let start = 0;
  if (token !== undefined) {
    const name = fromToken(token);
    start = all.findIndex((item) => nameOf(item) === name) + 1;
    if (start === 0) throw invalidToken();
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const isWhole = last === undefined || start + items.length >= all.length;
  return { items, next: isWhole ? undefined : toToken(nameOf(last)) };
}

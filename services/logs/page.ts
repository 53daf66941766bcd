import { invalidParameter } from "./errors.ts";

/** One page of a list; the token is the name of its last item. */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: T[]; nextToken?: string } {
  let start = 0;
  if (token !== undefined) {
    const name = Buffer.from(token, "base64url").toString("utf8");
    start = all.findIndex((item) => nameOf(item) === name) + 1;
    if (start === 0) throw invalidParameter("The specified nextToken is invalid.");
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  if (last === undefined || start + items.length >= all.length) return { items };
  return { items, nextToken: Buffer.from(nameOf(last)).toString("base64url") };
}

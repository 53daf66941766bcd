import { invalidInput } from "./errors.ts";

/** What IAM answers at once unless MaxItems says otherwise. */
const DEFAULT_ITEMS = 100;

/** One page of a list. The marker is the name of the last item of the page before. */
export function page<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  { Marker, MaxItems }: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  let start = 0;
  if (Marker !== undefined) {
    const name = Buffer.from(Marker, "base64url").toString("utf8");
    start = all.findIndex((item) => nameOf(item) === name) + 1;
    if (start === 0) throw invalidInput("Invalid Marker.");
  }
  const items = all.slice(start, start + (MaxItems ?? DEFAULT_ITEMS));
  const last = items.at(-1);
  if (last === undefined || start + items.length >= all.length) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: Buffer.from(nameOf(last)).toString("base64url") };
}

import type { RiverRow } from "./decode-record.ts";

/** How many of the rows lie in each county. */
export function countByCounty(rows: readonly RiverRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { county } of rows) counts.set(county, (counts.get(county) ?? 0) + 1);
  return counts;
}

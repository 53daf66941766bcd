export const shardId = (number: number): string => `shardId-${String(number).padStart(12, "0")}`;

/**
 * The number in a shard id. AWS takes what stands after the first hyphen, or all of it, as a number below 2^31, so
 * `shardId-000000000003`, `shard-3` and `3` are one shard.
 * @returns undefined for anything else
 */
export function shardNumber(id: string): number | undefined {
  const digits = id.split("-")[1] || id;
  if (!/^\d+$/.test(digits)) return undefined;
  const number = Number(digits);
  return number < 2 ** 31 ? number : undefined;
}

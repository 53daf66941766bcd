const ISO_8601 =
  /^(-?\d+)(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:t(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?(?:z|([+-])(\d{2})(?::(\d{2}))?)?)?)?$/i;

const LAST_TIMESTAMP = 2n ** 63n - 1n;

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/**
 * Epoch milliseconds of a date in a policy: ISO 8601 as loosely as IAM takes it, in UTC unless it says otherwise, or epoch seconds.
 * Infinite beyond what dates of JavaScript reach; undefined for what is no date.
 */
export function timeOf(text: string): number | undefined {
  if (!/[t-]/i.test(text))
    return /^\d+$/.test(text) && BigInt(text) <= LAST_TIMESTAMP ? Number(text) * 1000 : undefined;
  const [, year, month = "1", day = "1", hours = "0", minutes = "0", seconds = "0", fraction = "0", sign, ...offset] =
    ISO_8601.exec(text) ?? [];
  const [offsetHours = "0", offsetMinutes = "0"] = offset;
  const isDate =
    isWithin(Number(year), -292_275_054, 292_278_993) &&
    isWithin(Number(month), 1, 12) &&
    isWithin(Number(day), 1, 31) &&
    [hours, offsetHours].every((part) => isWithin(Number(part), 0, 23)) &&
    [minutes, seconds, offsetMinutes].every((part) => isWithin(Number(part), 0, 59));
  if (!isDate) return undefined;
  const date = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (Number.isNaN(date)) return Number(year) * Number.POSITIVE_INFINITY;
  const ofOffset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? 60 : -60);
  const ofDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction}`);
  return date + (ofDay + ofOffset) * 1000;
}

import type { QuotaPeriodType } from "@aws-sdk/client-api-gateway";

const DAY_MS = 24 * 3600 * 1000;

/** The day of a time (epoch milliseconds) in UTC, `YYYY-MM-DD`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** The first day of the period that a time lies in: the day, the week from Sunday on, the month; UTC. */
export function periodStart(period: QuotaPeriodType, atMs: number): string {
  if (period === "DAY") return dayOf(atMs);
  if (period === "MONTH") return `${dayOf(atMs).slice(0, 7)}-01`;
  return dayOf(atMs - new Date(atMs).getUTCDay() * DAY_MS);
}

/** Every day from the first to the last, both `YYYY-MM-DD`. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) days.push(dayOf(at));
  return days;
}

import { unsupported } from "../../../emulator/model/errors.ts";

/** A point in time as its time zone shows it. Whole seconds, as in Firehose's prefixes. */
interface Local {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From 1. */
  readonly dayOfYear: number;
  /** 1 is Sunday, as in the United States' weeks. */
  readonly weekday: number;
  readonly offsetMinutes: number;
  readonly zone: string;
}

type Field = (time: Local, count: number) => string;
type Piece = (time: Local) => string;

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const ORDINALS = ["1st", "2nd", "3rd", "4th"];

const pad = (value: number, count: number): string => String(value).padStart(count, "0");
const year = (value: number, count: number): string => (count === 2 ? pad(value % 100, 2) : pad(value, count));

function name(names: readonly string[], index: number, count: number): string {
  const full = names[index] ?? "";
  if (count === 5) return full.slice(0, 1);
  return count === 4 ? full : full.slice(0, 3);
}

const monthField: Field = ({ month }, count) => (count < 3 ? pad(month, count) : name(MONTHS, month - 1, count));
const dayName: Field = ({ weekday }, count) => name(DAYS, weekday - 1, Math.max(count, 3));
const quarterField: Field = ({ month }, count) => {
  const quarter = Math.ceil(month / 3);
  if (count < 3) return pad(quarter, count);
  if (count === 3) return `Q${quarter}`;
  return count === 4 ? `${ORDINALS[quarter - 1]} quarter` : String(quarter);
};

/** Weeks of the United States: they begin on Sunday, and the first one has the first of January in it. */
function weekOf({ year: of, dayOfYear, weekday }: Local): { weekYear: number; week: number } {
  const firstWeekday = (((weekday - dayOfYear) % 7) + 7) % 7; // 0 is Sunday: of the first of January
  const days = isLeap(of) ? 366 : 365;
  const daysOfLastWeek = (firstWeekday + days) % 7;
  if (daysOfLastWeek !== 0 && dayOfYear > days - daysOfLastWeek) return { weekYear: of + 1, week: 1 };
  return { weekYear: of, week: Math.floor((dayOfYear - 1 + firstWeekday) / 7) + 1 };
}

const isLeap = (of: number): boolean => (of % 4 === 0 && of % 100 !== 0) || of % 400 === 0;

function offset(minutes: number, colon: boolean): string {
  const absolute = Math.abs(minutes);
  const sign = minutes < 0 ? "-" : "+";
  return `${sign}${pad(Math.floor(absolute / 60), 2)}${colon ? ":" : ""}${pad(absolute % 60, 2)}`;
}

const isoOffset: Field = ({ offsetMinutes }, count) => {
  const text = offset(offsetMinutes, count === 3 || count === 5);
  return count === 1 && text.endsWith("00") ? text.slice(0, 3) : text;
};

/** The letters of Java's DateTimeFormatter that Firehose knows; weeks and names are English. */
const FIELDS: Readonly<Record<string, Field>> = {
  G: (_time, count) => (count === 4 ? "Anno Domini" : count === 5 ? "A" : "AD"),
  u: (time, count) => year(time.year, count),
  y: (time, count) => year(time.year, count),
  Y: (time, count) => year(weekOf(time).weekYear, count),
  M: monthField,
  L: monthField,
  d: (time, count) => pad(time.day, count),
  D: (time, count) => pad(time.dayOfYear, count),
  Q: quarterField,
  q: quarterField,
  w: (time, count) => pad(weekOf(time).week, count),
  W: (time) => String(Math.floor((time.day - 1 + ((((time.weekday - time.day) % 7) + 7) % 7)) / 7) + 1),
  F: (time) => String(Math.floor((time.day - 1) / 7) + 1),
  E: dayName,
  e: (time, count) => (count < 3 ? pad(time.weekday, count) : dayName(time, count)),
  c: (time, count) => (count < 3 ? pad(time.weekday, count) : dayName(time, count)),
  a: (time) => (time.hour < 12 ? "AM" : "PM"),
  h: (time, count) => pad(time.hour % 12 || 12, count),
  K: (time, count) => pad(time.hour % 12, count),
  H: (time, count) => pad(time.hour, count),
  k: (time, count) => pad(time.hour || 24, count),
  m: (time, count) => pad(time.minute, count),
  s: (time, count) => pad(time.second, count),
  S: (_time, count) => "0".repeat(count),
  n: (_time, count) => pad(0, count),
  A: (time, count) => pad(secondOfDay(time) * 1000, count),
  N: (time, count) => pad(secondOfDay(time) * 1_000_000_000, count),
  X: (time, count) => (time.offsetMinutes === 0 ? "Z" : isoOffset(time, count)),
  x: isoOffset,
  Z: (time, count) =>
    count === 4 ? (time.offsetMinutes === 0 ? "GMT" : `GMT${offset(time.offsetMinutes, true)}`) : isoZ(time, count),
  O: ({ offsetMinutes }, count) => {
    if (offsetMinutes === 0) return "GMT";
    if (count === 4) return `GMT${offset(offsetMinutes, true)}`;
    return `GMT${offset(offsetMinutes, true)
      .replace(/^([+-])0?/, "$1")
      .replace(/:00$/, "")}`;
  },
};

const isoZ: Field = (time, count) => {
  if (count === 5) return time.offsetMinutes === 0 ? "Z" : offset(time.offsetMinutes, true);
  return offset(time.offsetMinutes, false);
};

const secondOfDay = ({ hour, minute, second }: Local): number => (hour * 60 + minute) * 60 + second;

/** Of Java's letters these are not done: names of time zones. */
const NOT_SUPPORTED = "z";

export class InvalidPattern extends Error {}

/**
 * Reads a pattern of Java's DateTimeFormatter: letters, 'quoted text', [optional sections].
 * @throws InvalidPattern; AwsError NotImplemented for names of time zones
 * @see https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html
 */
export function timestampFormat(pattern: string): (ms: number, zone: string) => string {
  const pieces = parse(pattern);
  return (ms, zone) => {
    const time = localTime(ms, zone);
    return pieces.map((piece) => piece(time)).join("");
  };
}

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|([^A-Za-z'])/gy;

function parse(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  let depth = 0;
  let end = 0;
  for (const match of pattern.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [whole, quoted, letter, other] = match;
    if (quoted !== undefined) {
      const text = quoted === "" ? "'" : quoted.replaceAll("''", "'");
      pieces.push(() => text);
    } else if (letter !== undefined) {
      if (NOT_SUPPORTED.includes(letter)) throw unsupported(`The letter ${letter} of a timestamp expression`);
      const field = FIELDS[letter];
      if (!field) throw new InvalidPattern(pattern);
      pieces.push((time) => field(time, whole.length));
    } else if (other === "[") depth++;
    else if (other === "]") {
      if (--depth < 0) throw new InvalidPattern(pattern);
    } else if (other === "{" || other === "}" || other === "#") throw new InvalidPattern(pattern);
    else pieces.push(() => other ?? "");
  }
  if (end !== pattern.length || pattern === "") throw new InvalidPattern(pattern);
  return pieces;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  return format;
}

export function isTimeZone(zone: string): boolean {
  try {
    zoneFormat(zone);
    return true;
  } catch {
    return false;
  }
}

function localTime(ms: number, zone: string): Local {
  const whole = Math.floor(ms / 1000) * 1000;
  const parts = Object.fromEntries(
    zoneFormat(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year: of = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shown = Date.UTC(of, month - 1, day, hour, minute, second);
  return {
    year: of,
    month,
    day,
    hour,
    minute,
    second,
    dayOfYear: Math.floor((Date.UTC(of, month - 1, day) - Date.UTC(of, 0, 1)) / 86_400_000) + 1,
    weekday: new Date(shown).getUTCDay() + 1,
    offsetMinutes: Math.round((shown - whole) / 60_000),
    zone,
  };
}

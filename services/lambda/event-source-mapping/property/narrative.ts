import type { Scenario, Turn } from "./scenario.ts";

/** A scenario as text that a person can follow. */
export function narrate<S>({ commands, turns, settings, madeBefore, ...rest }: Scenario<S>): string {
  return [
    `settings: ${JSON.stringify(settings)}`,
    `mapping: made before step ${Math.min(madeBefore, commands.length) + 1}; ${membersText(rest)}`,
    `function: ${[...turns.map(turnText), "then as usual"].join(", ")}`,
    ...commands.map((command, index) => {
      const { kind, pause, ...members } = command as { kind: string; pause: number | "rest" };
      const after = pause === "rest" ? "rest" : `${pause} turns`;
      return `${String(index + 1).padStart(3)}. ${kind} ${membersText(members)}; ${after}`;
    }),
  ].join("\n");
}

function turnText({ ms, turns, ...turn }: Turn): string {
  const late = `${ms === 0 ? "" : ` after ${ms} ms`}${turns === 0 ? "" : ` ${turns} turns later`}`;
  if (turn.kind === "partial") return `fails at ${turn.places.join("+")}${late}`;
  return `${turn.kind === "odd" ? turn.answer : turn.kind}${late}`;
}

const membersText = (members: object): string =>
  Object.entries(members)
    .map(([name, value]) => `${name} ${listText(value)}`)
    .join(", ");

const MOST_SHOWN = 20;

/** Records in short: what they are, without what they are not. */
const listText = (value: unknown): string =>
  Array.isArray(value)
    ? value
        .slice(0, MOST_SHOWN)
        .map((item) => recordText(item as object))
        .join(" ") + (value.length > MOST_SHOWN ? ` and so on, ${value.length} in all` : "")
    : JSON.stringify(value);

const recordText = (record: object): string =>
  Object.entries(record)
    .map(([name, value]: [string, unknown]) => memberText(name, value))
    .join("");

function memberText(name: string, value: unknown): string {
  switch (name) {
    case "poison":
      return value === 0 ? "" : `(fails ${value === 99 ? "always" : `${String(value)}x`})`;
    case "isMatched":
      return value === true ? "" : "(unmatched)";
    case "isLarge":
      return value === true ? "(large)" : "";
    default:
      return String(value);
  }
}

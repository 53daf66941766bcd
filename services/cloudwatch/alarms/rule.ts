import { unsupported } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";
import type { StateValue } from "../model.ts";

/** A rule of a composite alarm. Children are named by name or ARN; they are kept by name. */
export type Rule =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "state"; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: "not"; readonly of: Rule }
  | { readonly kind: "and" | "or"; readonly of: readonly Rule[] };

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^()"\s][^()"]*?))\s*\)|(AND|OR|NOT|TRUE|FALSE|AT_LEAST)\b|([()]))/y;
const ARN = /^arn:aws[\w-]*:cloudwatch:[^:]+:\d{12}:alarm:(.+)$/;
const DEEPEST = 50;
export const MOST_CHILDREN = 100;

interface Token {
  readonly text: string;
  readonly state?: Rule;
}

/** @throws ValidationError */
export function parseRule(rule: string): Rule {
  if (rule.trim() === "" || rule !== rule.trim()) {
    throw validationError("AlarmRule must not contain leading or trailing whitespace or be null");
  }
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rule.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(rule);
    if (!match) throw invalid(rule, at);
    const [, state, quoted, bare, word, sign] = match;
    if (word === "AT_LEAST") throw unsupported("AT_LEAST of AlarmRule");
    const name = quoted?.replaceAll(/\\(.)/g, "$1") ?? bare;
    if (state === undefined || name === undefined) tokens.push({ text: word ?? sign ?? "" });
    else
      tokens.push({
        text: state,
        state: { kind: "state", state: state as StateValue, alarm: ARN.exec(name)?.[1] ?? name },
      });
  }
  const reader = { tokens, at: 0 };
  const parsed = parseAny(reader, rule, 0);
  if (reader.at < tokens.length) throw invalid(rule, 0);
  return parsed;
}

const invalid = (rule: string, at: number) =>
  validationError(`Invalid AlarmRule: unexpected input at position ${at + 1} of '${rule.slice(0, 200)}'`);

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

/** OR binds weakest, then AND, then NOT. */
function parseAny(reader: Reader, rule: string, depth: number): Rule {
  if (depth > DEEPEST) throw validationError("AlarmRule is nested too deeply");
  const all = [parseAll(reader, rule, depth)];
  while (take(reader, "OR")) all.push(parseAll(reader, rule, depth));
  return all.length === 1 && all[0] ? all[0] : { kind: "or", of: all };
}

function parseAll(reader: Reader, rule: string, depth: number): Rule {
  const all = [parseOne(reader, rule, depth)];
  while (take(reader, "AND")) all.push(parseOne(reader, rule, depth));
  return all.length === 1 && all[0] ? all[0] : { kind: "and", of: all };
}

function parseOne(reader: Reader, rule: string, depth: number): Rule {
  if (depth > DEEPEST) throw validationError("AlarmRule is nested too deeply");
  if (take(reader, "NOT")) return { kind: "not", of: parseOne(reader, rule, depth + 1) };
  if (take(reader, "(")) {
    const inner = parseAny(reader, rule, depth + 1);
    if (!take(reader, ")")) throw invalid(rule, rule.length);
    return inner;
  }
  if (take(reader, "TRUE")) return { kind: "constant", value: true };
  if (take(reader, "FALSE")) return { kind: "constant", value: false };
  const state = reader.tokens[reader.at]?.state;
  if (!state) throw invalid(rule, rule.length);
  reader.at++;
  return state;
}

function take(reader: Reader, text: string): boolean {
  const token = reader.tokens[reader.at];
  if (token?.text !== text || token.state) return false;
  reader.at++;
  return true;
}

/** The names of the alarms that a rule looks at. */
export function childrenOf(rule: Rule): string[] {
  const names = (of: Rule): string[] =>
    of.kind === "state"
      ? [of.alarm]
      : of.kind === "not"
        ? names(of.of)
        : of.kind === "constant"
          ? []
          : of.of.flatMap(names);
  return [...new Set(names(rule))];
}

/** Whether a rule holds, by the states of its children. */
export function holds(rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "state":
      return stateOf(rule.alarm) === rule.state;
    case "not":
      return !holds(rule.of, stateOf);
    case "and":
      return rule.of.every((part) => holds(part, stateOf));
    case "or":
      return rule.of.some((part) => holds(part, stateOf));
  }
}

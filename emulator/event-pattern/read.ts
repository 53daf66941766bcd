import { EVENT_BRIDGE_OPERATORS } from "./operators.ts";
import { type Complain, isObject, readRule, type Rule } from "./rule.ts";

/** A pattern without nesting and `$or`: each path, its names joined by dots, has to have one of its rules. */
export type Alternative = ReadonlyMap<string, readonly Rule[]>;

/** What `$or` may multiply to. */
const MOST_ALTERNATIVES = 1_000;

/** Names that make a `$or` of operators what it looks like: the rules of a member that is called `$or`. */
const RESERVED = new Set([...Object.keys(EVENT_BRIDGE_OPERATORS), "exactly", "=", "<", "<=", ">", ">="]);

/**
 * Reads a pattern of EventBridge: an object of the event's form, whose leaves are lists of what is accepted there.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function readEventPattern(raw: unknown, complain: Complain): readonly Alternative[] {
  if (!isObject(raw)) throw complain("Filter is not an object");
  return readObject(raw, "", [new Map()], complain);
}

/** Adds what an object asks for to each of the alternatives so far. Of a path that comes twice, the last one counts. */
function readObject(
  raw: Record<string, unknown>,
  path: string,
  before: readonly Alternative[],
  complain: Complain,
): readonly Alternative[] {
  const members = Object.entries(raw);
  if (members.length === 0) throw complain("Empty objects are not allowed");
  let all = before;
  for (const [name, value] of members) {
    const inner = path === "" ? name : `${path}.${name}`;
    if (name === "$or" && isEither(value)) {
      const either: Alternative[] = [];
      for (const choice of value) {
        either.push(...readObject(choice, path, all, complain));
        // more would be refused in the end; it must not be built before
        if (either.length > MOST_ALTERNATIVES) throw complain("Rule is too complex");
      }
      all = either;
    } else if (isObject(value)) {
      all = readObject(value, inner, all, complain);
    } else if (Array.isArray(value)) {
      if (value.length === 0) throw complain("Empty arrays are not allowed");
      const rules = value.map((rule: unknown) => readRule(rule, EVENT_BRIDGE_OPERATORS, complain));
      all = all.map((alternative) => new Map([...alternative, [inner, rules]]));
    } else throw complain(`"${name}" must be an object or an array`);
  }
  return all;
}

/** Otherwise `$or` is a name as any other. */
const isEither = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length > 1 &&
  value.every((choice) => isObject(choice) && !Object.keys(choice).some((name) => RESERVED.has(name)));

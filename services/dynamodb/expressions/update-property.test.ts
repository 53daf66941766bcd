import fc from "fast-check";
import { valuesEqual, type AttributeValue, type Item } from "../attribute-value.ts";
import { bindExpressions } from "./index.ts";
import { valueAt, type Path } from "./paths.ts";
import {
  documentItem,
  documentPath,
  documentValue,
  groupBy,
  overlap,
  randomSet,
  writePath,
} from "./random-documents.ts";

type Operand = AttributeValue | Path;
type SetOperation =
  | { readonly op: "value"; readonly value: AttributeValue }
  | { readonly op: "path"; readonly path: Path }
  | { readonly op: "+" | "-"; readonly path: Path; readonly number: AttributeValue }
  | { readonly op: "if_not_exists"; readonly path: Path; readonly value: AttributeValue }
  | { readonly op: "list_append"; readonly path: Path; readonly list: AttributeValue };
type Action =
  | { readonly kind: "SET"; readonly at: Path; readonly to: SetOperation }
  | { readonly kind: "REMOVE"; readonly at: Path }
  | { readonly kind: "ADD" | "DELETE"; readonly at: Path; readonly value: AttributeValue };

const number = fc.integer({ min: -3, max: 3 }).map((n): AttributeValue => ({ N: String(n) }));
const list = fc.array(number, { maxLength: 2 }).map((L): AttributeValue => ({ L }));
const operation: fc.Arbitrary<SetOperation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant("value" as const), value: documentValue }) },
  fc.record({ op: fc.constant("path" as const), path: documentPath }),
  fc.record({ op: fc.constantFrom("+" as const, "-" as const), path: documentPath, number }),
  fc.record({ op: fc.constant("if_not_exists" as const), path: documentPath, value: documentValue }),
  fc.record({ op: fc.constant("list_append" as const), path: documentPath, list }),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant("SET" as const), at: documentPath, to: operation }),
  fc.record({ kind: fc.constant("REMOVE" as const), at: documentPath }),
  fc.record({ kind: fc.constant("ADD" as const), at: documentPath, value: fc.oneof(number, randomSet) }),
  fc.record({ kind: fc.constant("DELETE" as const), at: documentPath, value: randomSet }),
);

/** The text of an update, section by section, with its names and values. */
function write(actions: readonly Action[]) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const operand = (of: Operand): string => {
    if (Array.isArray(of)) return writePath(of as Path, names);
    const key = `:v${Object.keys(values).length}`;
    values[key] = of as AttributeValue;
    return key;
  };
  const right = (to: SetOperation): string => {
    if (to.op === "value") return operand(to.value);
    if (to.op === "path") return operand(to.path);
    if (to.op === "list_append") return `list_append(${operand(to.path)}, ${operand(to.list)})`;
    if (to.op === "if_not_exists") return `if_not_exists(${operand(to.path)}, ${operand(to.value)})`;
    return `${operand(to.path)} ${to.op} ${operand(to.number)}`;
  };
  const texts = actions.map((one): [string, string] => {
    const at = operand(one.at);
    if (one.kind === "SET") return [one.kind, `${at} = ${right(one.to)}`];
    return [one.kind, one.kind === "REMOVE" ? at : `${at} ${operand(one.value)}`];
  });
  const sections = groupBy(texts, ([kind]) => kind);
  return {
    UpdateExpression: [...sections].map(([kind, of]) => `${kind} ${of.map(([, text]) => text).join(", ")}`).join(" "),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

class Refused extends Error {}
const refuse = (): never => {
  throw new Refused();
};

const numberIn = (value: AttributeValue | undefined): number => (value && "N" in value ? Number(value.N) : refuse());

/** What stands at the place of an action afterwards, by the item as it was; undefined for nothing. */
function outcome(item: Item, one: Action): AttributeValue | undefined {
  const old = valueAt(item, one.at);
  switch (one.kind) {
    case "REMOVE":
      return undefined;
    case "SET":
      return assigned(item, one.to);
    case "ADD":
      if (old === undefined) return one.value;
      if ("N" in one.value) return { N: String(numberIn(old) + Number(one.value.N)) };
      return combined(old, one.value, (mine, theirs) => [...new Set([...mine, ...theirs])]);
    case "DELETE":
      if (old === undefined) return undefined;
      return combined(old, one.value, (mine, theirs) => mine.filter((member) => !theirs.includes(member)));
  }
}

function assigned(item: Item, to: SetOperation): AttributeValue {
  if (to.op === "value") return to.value;
  const value = valueAt(item, to.path);
  if (to.op === "if_not_exists") return value ?? to.value;
  if (value === undefined) return refuse();
  if (to.op === "path") return value;
  if (to.op === "list_append") {
    return "L" in value && "L" in to.list ? { L: [...value.L, ...to.list.L] } : refuse();
  }
  const second = numberIn(to.number);
  return { N: String(numberIn(value) + (to.op === "+" ? second : -second)) };
}

type Members = (mine: readonly string[], theirs: readonly string[]) => readonly string[];
function combined(old: AttributeValue, operand: AttributeValue, members: Members): AttributeValue | undefined {
  if ("SS" in old && "SS" in operand) {
    const SS = members(old.SS, operand.SS);
    return SS.length > 0 ? { SS } : undefined;
  }
  if (!("NS" in old) || !("NS" in operand)) return refuse();
  const NS = members(old.NS, operand.NS);
  return NS.length > 0 ? { NS } : undefined;
}

const GONE: AttributeValue = { S: "\0gone" };
type Loose = { M?: Record<string, Loose>; L?: Loose[] };

/** The naive update: one place after the other in a copy; what is removed from lists leaves gaps until the end. */
function updated(item: Item, actions: readonly Action[]): Item {
  const copy = { M: structuredClone(item) } as unknown as Loose;
  const appended = new Map<Loose[], [number, Loose][]>();
  for (const one of actions) {
    const value = outcome(item, one) as Loose | undefined;
    const last = one.at.at(-1) as string | number;
    const parent = one.at.slice(0, -1).reduce<Loose | undefined>((at, element) => child(at, element), copy);
    if (typeof last === "string") {
      const map = parent?.M ?? refuse();
      if (value === undefined) delete map[last];
      else map[last] = structuredClone(value);
      continue;
    }
    const elements = parent?.L ?? refuse();
    if (last < elements.length) elements[last] = structuredClone(value ?? (GONE as Loose));
    else if (value !== undefined) appended.set(elements, [...(appended.get(elements) ?? []), [last, value]]);
  }
  for (const [elements, more] of appended) {
    for (const [, value] of more.toSorted(([a], [b]) => a - b)) elements.push(structuredClone(value));
  }
  return (closed(copy) as unknown as { M: Item }).M;
}

const child = (value: Loose | undefined, element: string | number): Loose | undefined =>
  typeof element === "number" ? value?.L?.[element] : value?.M?.[element];

function closed(value: Loose): Loose {
  if (value.M) return { M: Object.fromEntries(Object.entries(value.M).map(([name, entry]) => [name, closed(entry)])) };
  if (!value.L) return value;
  return { L: value.L.filter((element) => (element as AttributeValue & { S?: string }).S !== "\0gone").map(closed) };
}

describe("Update expressions", () => {
  it("make of random items what their actions say, one place after the other; none where one of them cannot be done", () => {
    let done = 0;
    fc.assert(
      fc.property(documentItem, fc.array(action, { minLength: 1, maxLength: 4 }), (item, actions) => {
        const apply = () => bindExpressions(write(actions)).update?.apply(item) ?? {};
        if (overlap(actions.map(({ at }) => at))) {
          expect(apply).toThrow(/Two document paths/);
          return;
        }
        let expected: Item;
        try {
          expected = updated(item, actions);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          expect(apply).toThrow(expect.objectContaining({ name: "ValidationException" }) as Error);
          return;
        }
        const before = structuredClone(item);
        const actual = apply();
        done++;
        if (!valuesEqual({ M: actual }, { M: expected })) expect(actual).toEqual(expected);
        expect(item).toEqual(before);
      }),
      { numRuns: 6_000 },
    );
    // most random updates cannot be done; the rest must not be nothing
    expect(done).toBeGreaterThan(300);
  });
});

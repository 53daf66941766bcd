import { type Alternative, readEventPattern } from "./read.ts";
import { type Complain, isScalar, type Rule, type Scalar, type Test } from "./rule.ts";

export type Pattern = (event: unknown) => boolean;

/** Compiles a pattern of EventBridge once, for as many events as there are. */
export function compileEventPattern(raw: unknown, complain: Complain): Pattern {
  const alternatives = readEventPattern(raw, complain).map(compileAlternative);
  const [only] = alternatives;
  if (only && alternatives.length === 1) return only;
  return (event) => alternatives.some((matches) => matches(event));
}

/** In which element of which list a value stands, from the innermost out. */
interface Place {
  readonly list: readonly unknown[];
  readonly index: number;
  readonly outer: Place | undefined;
}

interface Leaf {
  readonly value: Scalar;
  readonly place: Place | undefined;
}

interface Member {
  /** For each depth of the path the names that a member may have there: `a`, `a.b`, `a.b.c`. */
  readonly names: readonly (readonly string[])[];
  readonly fits: Test;
  /** One of its rules asks for its absence. */
  readonly mayBeAbsent: boolean;
}

/** What an event has at a member's path, and which of it fits. */
interface Found {
  readonly leaves: readonly Leaf[];
  readonly fitting: readonly Leaf[];
  readonly mayBeAbsent: boolean;
}

function compileAlternative(alternative: Alternative): Pattern {
  // AWS's engine goes through the paths in this order, and what is absent depends on what was found before
  const members = [...alternative].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, rules]) => memberOf(path, rules));
  return (event) => {
    const all: Found[] = [];
    let hasLists = false;
    for (const { names, fits, mayBeAbsent } of members) {
      const leaves: Leaf[] = [];
      collect(event, names, 0, undefined, 0, leaves);
      const fitting = leaves.filter(({ value }) => fits(value));
      const inLists = leaves.some(({ place }) => place);
      if (fitting.length === 0 && !(mayBeAbsent && (inLists || leaves.length === 0))) return false;
      hasLists ||= inLists;
      all.push({ leaves, fitting, mayBeAbsent });
    }
    return !hasLists || new Choice(all).isThere(0, new Map());
  };
}

function memberOf(path: string, rules: readonly Rule[]): Member {
  const steps = path.split(".");
  const names = steps.map((_, at) => steps.slice(at).map((__, more) => steps.slice(at, at + more + 1).join(".")));
  const tests = rules.flatMap((rule) => (rule.kind === "exists" ? (rule.isThere ? [() => true] : []) : [rule.holds]));
  const [only] = tests;
  return {
    names,
    fits: only && tests.length === 1 ? only : (value) => tests.some((holds) => holds(value)),
    mayBeAbsent: rules.some((rule) => rule.kind === "exists" && !rule.isThere),
  };
}

/** What is nested deeper than this is not looked at. */
const DEEPEST = 1_000;

/**
 * Adds the leaves at a path. Lists are looked through as if they were not there, and members whose names have dots are as good
 * as nested ones; an object or an empty list is no leaf.
 * @param at how much of the path is behind us
 */
function collect(
  value: unknown,
  names: Member["names"],
  at: number,
  place: Place | undefined,
  depth: number,
  leaves: Leaf[],
): void {
  if (isScalar(value)) {
    if (at === names.length && value !== undefined) leaves.push({ value, place });
    return;
  }
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    for (let index = 0; index < list.length; index++) {
      const element = list[index];
      collect(element, names, at, isScalar(element) ? place : { list, index, outer: place }, depth + 1, leaves);
    }
    return;
  }
  const members = value as Readonly<Record<string, unknown>>;
  const here = names[at] ?? [];
  for (let more = 0; more < here.length; more++) {
    const name = here[more] ?? "";
    if (Object.hasOwn(members, name)) collect(members[name], names, at + more + 1, place, depth + 1, leaves);
  }
}

/** The element that was chosen of each list. */
type Chosen = ReadonlyMap<readonly unknown[], number>;

/** Looks for a leaf for every member such that no two of them stand in different elements of one list. */
class Choice {
  readonly #found: readonly Found[];
  /** The lists that matter from each member on; made when the first choice fails. */
  #lists: readonly ReadonlySet<readonly unknown[]>[] | undefined;
  /** Choices that led nowhere: they are not tried again by another way. */
  readonly #failed = new Set<string>();
  readonly #numbers = new Map<readonly unknown[], number>();

  constructor(found: readonly Found[]) {
    this.#found = found;
  }

  isThere(at: number, chosen: Chosen): boolean {
    const found = this.#found[at];
    if (!found) return true;
    const key = chosen.size === 0 ? undefined : this.#keyOf(at, chosen);
    if (key !== undefined && this.#failed.has(key)) return false;
    if (this.#isThereWith(found, at, chosen)) return true;
    if (key !== undefined) this.#failed.add(key);
    return false;
  }

  #isThereWith({ leaves, fitting, mayBeAbsent }: Found, at: number, chosen: Chosen): boolean {
    const tried = new Set<Chosen>();
    for (const { place } of fitting) {
      const next = choose(chosen, place);
      if (!next || tried.has(next)) continue;
      tried.add(next);
      if (this.isThere(at + 1, next)) return true;
    }
    return mayBeAbsent && !leaves.some(({ place }) => choose(chosen, place)) && this.isThere(at + 1, chosen);
  }

  #keyOf(at: number, chosen: Chosen): string {
    const lists = (this.#lists ??= listsOf(this.#found))[at];
    let key = String(at);
    for (const [list, index] of chosen) if (lists?.has(list)) key += `,${this.#numberOf(list)}:${index}`;
    return key;
  }

  #numberOf(list: readonly unknown[]): number {
    let number = this.#numbers.get(list);
    if (number === undefined) this.#numbers.set(list, (number = this.#numbers.size));
    return number;
  }
}

/** @returns what is chosen with this place as well, or undefined when another element of one of its lists was chosen */
function choose(chosen: Chosen, place: Place | undefined): Chosen | undefined {
  let next: Map<readonly unknown[], number> | undefined;
  for (let each = place; each; each = each.outer) {
    const index = chosen.get(each.list);
    if (index === undefined) (next ??= new Map(chosen)).set(each.list, each.index);
    else if (index !== each.index) return undefined;
  }
  return next ?? chosen;
}

function listsOf(found: readonly Found[]): ReadonlySet<readonly unknown[]>[] {
  let later = new Set<readonly unknown[]>();
  const all: ReadonlySet<readonly unknown[]>[] = [];
  for (const { leaves } of found.toReversed()) {
    later = new Set(later);
    for (const { place } of leaves) for (let each = place; each; each = each.outer) later.add(each.list);
    all.unshift(later);
  }
  return all;
}

import { attributeOf, setAttribute, type AttributeValue, type Item, type MutableItem } from "../attribute-value.ts";
import { invalidExpression, type ExpressionName } from "./tokens.ts";

export type PathElement = string | number;
/** A document path: an attribute name, then names of map entries and indexes of list elements. */
export type Path = readonly PathElement[];

/** As AWS writes paths in its messages: [a, b, [0]]. */
export const formatPath = (path: Path): string =>
  `[${path.map((element) => (typeof element === "number" ? `[${element}]` : element)).join(", ")}]`;

export const pathsEqual = (a: Path, b: Path): boolean =>
  a.length === b.length && a.every((element, i) => element === b[i]);

/** What stands at a path; undefined where nothing does, also where the path goes through another type. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = attributeOf(item, path[0] as string);
  for (let i = 1; i < path.length && value !== undefined; i++) value = childOf(value, path[i]!);
  return value;
}

function childOf(value: AttributeValue, element: PathElement): AttributeValue | undefined {
  if (typeof element === "number") return "L" in value ? value.L[element] : undefined;
  return "M" in value ? attributeOf(value.M, element) : undefined;
}

/**
 * Several paths as one tree: no two overlap (one leading to or through the other) or conflict (an index and a name at the
 * same place). `leaf` is set where a path ends.
 */
export interface PathTree<T> {
  leaf?: T;
  readonly children: Map<PathElement, PathTree<T>>;
}

/** @throws AwsError ValidationException for paths that overlap or conflict */
export function pathTree<T>(expression: ExpressionName, leaves: readonly (readonly [Path, T])[]): PathTree<T> {
  const root: PathTree<T> = { children: new Map() };
  let conflict: [Path, Path] | undefined;
  for (const [i, [path, leaf]] of leaves.entries()) {
    if (insert(root, path, leaf)) continue;
    for (const [earlier] of leaves.slice(0, i)) {
      const relation = relationOf(earlier, path);
      if (relation === "overlap") throw twoPaths(expression, "overlap", earlier, path);
      if (relation === "conflict") conflict ??= [earlier, path];
    }
  }
  if (conflict) throw twoPaths(expression, "conflict", ...conflict);
  return root;
}

/** @returns false when the path does not go with those that are in the tree */
function insert<T>(root: PathTree<T>, path: Path, leaf: T): boolean {
  let node = root;
  for (const element of path) {
    if ("leaf" in node) return false;
    let child = node.children.get(element);
    if (!child) {
      const [sibling] = node.children.keys();
      if (sibling !== undefined && typeof sibling !== typeof element) return false;
      child = { children: new Map() };
      node.children.set(element, child);
    }
    node = child;
  }
  if ("leaf" in node || node.children.size > 0) return false;
  node.leaf = leaf;
  return true;
}

function relationOf(a: Path, b: Path): "overlap" | "conflict" | undefined {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (typeof a[i] !== typeof b[i]) return "conflict";
    if (a[i] !== b[i]) return undefined;
  }
  return "overlap";
}

const twoPaths = (expression: ExpressionName, relation: "overlap" | "conflict", one: Path, two: Path) =>
  invalidExpression(
    expression,
    `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
      `path one: ${formatPath(one)}, path two: ${formatPath(two)}`,
  );

/** The parts of an item that a tree of paths leads to; list elements close up. Undefined when there are none. */
export function project(item: Item, tree: PathTree<unknown>): Item | undefined {
  let projected: MutableItem | undefined;
  for (const [element, child] of tree.children) {
    const value = attributeOf(item, element as string);
    const part = value && projectValue(value, child);
    if (part) setAttribute((projected ??= {}), element as string, part);
  }
  return projected;
}

function projectValue(value: AttributeValue, tree: PathTree<unknown>): AttributeValue | undefined {
  if ("leaf" in tree) return value;
  if ("M" in value) {
    const entries = project(value.M, tree);
    return entries && { M: entries };
  }
  if (!("L" in value)) return undefined;
  const indexes = [...tree.children.keys()].filter((element) => typeof element === "number").toSorted((a, b) => a - b);
  const elements = indexes
    .map((index) => value.L[index] && projectValue(value.L[index], tree.children.get(index)!))
    .filter((element) => element !== undefined);
  return elements.length > 0 ? { L: elements } : undefined;
}

/** Which top-level attributes an expression names. */
export interface AttributeUse {
  readonly attributes: ReadonlySet<string>;
  /** Those of which it names a part (`a.b`, `a[0]`): keys, being scalars, may not be among them. */
  readonly nestedAttributes: ReadonlySet<string>;
}

export const attributesOf = (paths: readonly Path[]): AttributeUse => ({
  attributes: new Set(paths.map((path) => path[0] as string)),
  nestedAttributes: new Set(paths.filter((path) => path.length > 1).map((path) => path[0] as string)),
});

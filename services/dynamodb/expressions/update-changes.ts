import {
  attributeOf,
  MAX_NESTING_LEVELS,
  nestingTooDeep,
  setAttribute,
  type AttributeValue,
  type Item,
  type MutableItem,
} from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { PathElement, PathTree } from "./paths.ts";
import { addTo, deleteFrom } from "./update-values.ts";

export type Change =
  | { readonly kind: "set"; readonly value: AttributeValue }
  | { readonly kind: "remove" }
  | { readonly kind: "add" | "delete"; readonly operand: AttributeValue };

interface Options {
  /** DynamoDB lets REMOVE name parts of what is not there only where the whole item is not there. */
  readonly ignoreMissingParents: boolean;
}

const invalidPath = () => validationError("The document path provided in the update expression is invalid for update");

/**
 * The item with the changes at the ends of a tree of paths. All values are made before the first change, so that changes
 * see the item as it was; list indexes are those of the lists as they were.
 * @throws AwsError ValidationException
 */
export function applyChanges<T>(item: Item, tree: PathTree<T>, changeOf: (leaf: T) => Change, options: Options): Item {
  return changedMap(item, changesOf(tree, changeOf), 1, options);
}

function changesOf<T>(tree: PathTree<T>, changeOf: (leaf: T) => Change): PathTree<Change> {
  const children = new Map<PathElement, PathTree<Change>>();
  for (const [element, child] of tree.children) children.set(element, changesOf(child, changeOf));
  return "leaf" in tree ? { leaf: changeOf(tree.leaf as T), children } : { children };
}

function changedMap(map: Item, tree: PathTree<Change>, level: number, options: Options): Item {
  const result: MutableItem = {};
  for (const name of Object.keys(map)) setAttribute(result, name, map[name]!);
  for (const [element, child] of tree.children) {
    const name = element as string;
    const value = changed(attributeOf(map, name), child, level, options);
    if (value) setAttribute(result, name, value);
    else delete result[name];
  }
  return result;
}

/** What beyond the end is set goes to the end, in the order of the indexes. */
function changedList(
  list: readonly AttributeValue[],
  tree: PathTree<Change>,
  level: number,
  options: Options,
): AttributeValue[] {
  const elements: (AttributeValue | undefined)[] = [...list];
  const indexes = [...tree.children.keys()].map(Number).toSorted((a, b) => a - b);
  for (const index of indexes) {
    const value = changed(list[index], tree.children.get(index)!, level, options);
    if (index < list.length) elements[index] = value;
    else elements.push(value);
  }
  return elements.filter((element) => element !== undefined);
}

/** The value after the changes at it or below it; undefined for none. */
function changed(
  value: AttributeValue | undefined,
  tree: PathTree<Change>,
  level: number,
  options: Options,
): AttributeValue | undefined {
  if (tree.leaf) return changedLeaf(value, tree.leaf, level);
  const [element] = tree.children.keys();
  if (typeof element === "string" && value && "M" in value) return { M: changedMap(value.M, tree, level + 1, options) };
  if (typeof element === "number" && value && "L" in value)
    return { L: changedList(value.L, tree, level + 1, options) };
  if (value === undefined && options.ignoreMissingParents && onlyRemoves(tree)) return undefined;
  throw invalidPath();
}

function changedLeaf(value: AttributeValue | undefined, change: Change, level: number): AttributeValue | undefined {
  switch (change.kind) {
    case "set":
      requireLevels(change.value, level);
      return change.value;
    case "remove":
      return undefined;
    case "add":
      return addTo(value, change.operand);
    case "delete":
      return deleteFrom(value, change.operand);
  }
}

const onlyRemoves = (tree: PathTree<Change>): boolean =>
  tree.leaf ? tree.leaf.kind === "remove" : [...tree.children.values()].every(onlyRemoves);

function requireLevels(value: AttributeValue, level: number): void {
  if (level > MAX_NESTING_LEVELS) throw nestingTooDeep();
  if ("M" in value) for (const entry of Object.values(value.M)) requireLevels(entry, level + 1);
  else if ("L" in value) for (const element of value.L) requireLevels(element, level + 1);
}

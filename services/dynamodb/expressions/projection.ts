import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import type { Item } from "../attribute-value.ts";
import { attributesOf, pathTree, project, type AttributeUse, type Path } from "./paths.ts";
import { parseProjection } from "./projection-parser.ts";
import type { Scope } from "./scope.ts";

export interface Projection extends AttributeUse {
  readonly paths: readonly Path[];
  /** The item with the projected paths only; list elements close up. */
  apply(item: Item): Item;
}

const parsed = cachedByText(parseProjection);

/** @throws AwsError ValidationException */
export function bindProjection(text: string, scope: Scope): Projection {
  const paths = parsed(text).map((node) => scope.path("ProjectionExpression", node));
  const tree = pathTree(
    "ProjectionExpression",
    paths.map((path) => [path, true]),
  );
  return { paths, ...attributesOf(paths), apply: (item) => project(item, tree) ?? {} };
}

/**
 * The parts of an item at `paths` (none of which overlap or conflict); undefined when it has none of them. Of the paths of an
 * update, before and after it, these are UPDATED_OLD and UPDATED_NEW.
 */
export const projectPaths = (item: Item, paths: readonly Path[]): Item | undefined =>
  project(
    item,
    pathTree(
      "UpdateExpression",
      paths.map((path) => [path, true]),
    ),
  );

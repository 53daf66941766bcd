import fc from "fast-check";
import type { AttributeValue, Item } from "../attribute-value.ts";
import { bindExpressions } from "./index.ts";
import type { Path } from "./paths.ts";
import { documentItem, documentPath, groupBy, overlap, writePath } from "./random-documents.ts";

interface Leaf {
  readonly path: Path;
  readonly value: AttributeValue;
}

/** Everything in an item that has nothing below it, by its path. */
function leaves(value: AttributeValue, path: Path): Leaf[] {
  if ("M" in value && Object.keys(value.M).length > 0) {
    return Object.entries(value.M).flatMap(([name, entry]) => leaves(entry, [...path, name]));
  }
  if ("L" in value && value.L.length > 0) {
    return value.L.flatMap((element, index) => leaves(element, [...path, index]));
  }
  return [{ path, value }];
}

/** The naive projection: of all leaves those that are at or below a path, put together again; lists close up. */
function projected(item: Item, paths: readonly Path[]): Item {
  const kept = Object.entries(item)
    .flatMap(([name, value]) => leaves(value, [name]))
    .filter((leaf) => paths.some((path) => path.every((element, i) => leaf.path[i] === element)));
  return Object.fromEntries(
    [...groupBy(kept, ({ path }) => path[0] as string)].map(([name, below]) => [name, rebuilt(below, 1)]),
  );
}

function rebuilt(below: readonly Leaf[], depth: number): AttributeValue {
  const [one] = below;
  if (one?.path.length === depth) return one.value;
  const children = groupBy(below, ({ path }) => path[depth] ?? "");
  if (typeof one?.path[depth] === "number") {
    const indexes = [...children.keys()].toSorted((a, b) => Number(a) - Number(b));
    return { L: indexes.map((index) => rebuilt(children.get(index) ?? [], depth + 1)) };
  }
  return { M: Object.fromEntries([...children].map(([name, part]) => [name, rebuilt(part, depth + 1)])) };
}

describe("Projection expressions", () => {
  it("give of random items what is at or below random paths, and refuse paths that overlap", () => {
    const paths = fc.array(documentPath, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(documentItem, paths, (item, wanted) => {
        const names = {};
        const ProjectionExpression = wanted.map((path) => writePath(path, names)).join(", ");
        const bind = () => bindExpressions({ ProjectionExpression, ExpressionAttributeNames: names }).projection;
        if (overlap(wanted)) expect(bind).toThrow(/^Invalid ProjectionExpression: Two document paths/);
        else expect(bind()?.apply(item)).toEqual(projected(item, wanted));
      }),
      { numRuns: 2_000 },
    );
  });
});

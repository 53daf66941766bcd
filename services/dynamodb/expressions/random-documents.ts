import fc from "fast-check";
import type { AttributeValue, Item } from "../attribute-value.ts";
import type { Path } from "./paths.ts";

/** Items and paths for tests with random expressions: few names and values, so that paths lead somewhere. */

const NAMES = ["a", "b", "c"];
const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.integer({ min: -2, max: 3 }).map((n) => ({ N: String(n) })),
  fc.constantFrom("", "x", "y").map((S) => ({ S })),
);
const someOf = (...members: string[]) => fc.subarray(members, { minLength: 1 });
export const randomSet: fc.Arbitrary<AttributeValue> = fc.oneof(
  someOf("x", "y", "z").map((SS) => ({ SS })),
  someOf("1", "2", "3").map((NS) => ({ NS })),
);

export const { documentValue } = fc.letrec<{ documentValue: AttributeValue }>((tie) => ({
  documentValue: fc.oneof(
    { maxDepth: 3 },
    scalar,
    randomSet,
    fc.array(tie("documentValue"), { maxLength: 3 }).map((L) => ({ L })),
    fc
      .dictionary(fc.constantFrom(...NAMES), tie("documentValue"), { maxKeys: 3, noNullPrototype: true })
      .map((M) => ({ M })),
  ),
}));

export const documentItem: fc.Arbitrary<Item> = fc.dictionary(fc.constantFrom(...NAMES), documentValue, {
  minKeys: 2,
  maxKeys: 3,
  noNullPrototype: true,
});

export const documentPath: fc.Arbitrary<Path> = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(fc.constantFrom<string | number>(...NAMES, 0, 1, 4), { maxLength: 2 }))
  .map(([name, rest]) => [name, ...rest]);

/** A path as an expression has it; `names` gets its placeholders. */
export const writePath = (path: Path, names: Record<string, string>): string =>
  path.reduce<string>((text, element) => {
    if (typeof element === "number") return `${text}[${element}]`;
    names[`#${element}`] = element;
    return text === "" ? `#${element}` : `${text}.#${element}`;
  }, "");

/** Whether two of the paths lead to or through the same place, or one has an index where another has a name. */
export const overlap = (paths: readonly Path[]): boolean =>
  paths.some((a, i) => paths.slice(i + 1).some((b) => related(a, b)));

function related(a: Path, b: Path): boolean {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (typeof a[i] !== typeof b[i]) return true;
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** The elements of a list by their key, in the order of first occurrence. */
export function groupBy<T, K>(list: readonly T[], keyOf: (element: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const element of list) groups.set(keyOf(element), [...(groups.get(keyOf(element)) ?? []), element]);
  return groups;
}

import { compareNumbers } from "./number.ts";

type Members = readonly string[];

/** Sets are kept in the order in which AWS answers them: of numbers by their value, of the others by their bytes. */
export const stringSet = (members: Members) => ({ SS: inOrder(members, (text) => text, compareText) });
export const numberSet = (members: Members) => ({ NS: inOrder(members, (number) => number, compareNumbers) });
export const binarySet = (members: Members) => ({
  BS: inOrder(
    members,
    (base64) => Buffer.from(base64, "base64"),
    (a, b) => a.compare(b),
  ),
});

/** Most come in order already. */
function inOrder<K>(members: Members, read: (member: string) => K, compare: (a: K, b: K) => number): Members {
  const keyed = members.map((member) => ({ member, key: read(member) }));
  if (keyed.every(({ key }, i) => i === 0 || compare(keyed[i - 1]!.key, key) <= 0)) return members;
  return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ member }) => member);
}

/** Order of two strings by their UTF-8 bytes, which differs from JavaScript's where surrogates are. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return codePointOrder(unitA) - codePointOrder(unitB);
  }
  return a.length - b.length;
}

/** Moves surrogates (code points from 0x10000 on) behind 0xe000 to 0xffff. */
const codePointOrder = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

import { compareNumbers } from "./number.ts";

type Order = (a: string, b: string) => number;
type Members = readonly string[];

/** Sets are kept in the order in which AWS answers them: of numbers by their value, of the others by their bytes. */
export const stringSet = (members: Members) => ({ SS: inOrder(members, byBytes("utf8")) });
export const numberSet = (members: Members) => ({ NS: inOrder(members, compareNumbers) });
export const binarySet = (members: Members) => ({ BS: inOrder(members, byBytes("base64")) });

const byBytes =
  (encoding: BufferEncoding): Order =>
  (a, b) =>
    Buffer.compare(Buffer.from(a, encoding), Buffer.from(b, encoding));

/** Most come in order already. */
const inOrder = (members: Members, order: Order): Members =>
  members.every((member, i) => i === 0 || order(members[i - 1]!, member) <= 0) ? members : members.toSorted(order);

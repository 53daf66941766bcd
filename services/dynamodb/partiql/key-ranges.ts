import { compareValues, typeOf, type AttributeValue } from "../attribute-value.ts";
import { invalidParameter, validationError } from "../errors.ts";
import type { BoundCondition } from "../expressions/condition.ts";
import { comparedValues, type KeyAttribute, type SortKeyCondition } from "../expressions/index.ts";
import { MIRRORED } from "../expressions/key-condition.ts";
import type { Operand } from "../expressions/operands.ts";
import { partitionPrefix } from "../item-keys.ts";
import type { EntryRange } from "../item-store.ts";
import { encodeKeyValue, rangeWithin, sortKeyRange } from "../key-order.ts";
import type { Keys } from "../model.ts";
import { keyTypeMismatch } from "./errors.ts";
import { attributeOf, conjuncts } from "./key-conditions.ts";

/** What one branch of a condition demands of the keys; whatever else it demands is left to the filter. */
interface Branch {
  readonly partition?: AttributeValue;
  /** Encoded sort keys: start <= key < end. */
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
  /** Whether it says anything of the sort key, and whether that is a negation, which limits no range. */
  readonly hasSort?: boolean;
  readonly isNegated?: boolean;
}

const ANY: readonly Branch[] = [{}];
const MOST_PARTITIONS = 50;

const isUnlimited = ({ partition, start, end }: Branch): boolean =>
  partition === undefined && start === undefined && end === undefined;

/** One partition of a table or an index, or a part of it: PartiQL reads no index whose keys have several attributes. */
export interface KeyRange extends EntryRange {
  readonly partition: AttributeValue;
}

/**
 * The ranges of keys outside of which a condition does not hold, in the order of the condition; undefined when it may hold
 * anywhere.
 * @throws AwsError ValidationException
 */
export function keyRangesOf(condition: BoundCondition, space: number, keys: Keys): KeyRange[] | undefined {
  const branches = new Analysis(keys).branches(condition);
  const partitions = new Map<string, { partition: AttributeValue; branches: Branch[] }>();
  for (const branch of branches) {
    if (branch.partition === undefined) return undefined;
    const id = Buffer.from(encodeKeyValue(branch.partition)).toString("latin1");
    const known = partitions.get(id);
    if (known === undefined) partitions.set(id, { partition: branch.partition, branches: [branch] });
    else known.branches.push(branch);
  }
  if (partitions.size > MOST_PARTITIONS) {
    throw validationError("Too many decomposed read operations for a given query.");
  }
  return [...partitions.values()].flatMap(({ partition, branches: parts }) => {
    const prefix = partitionPrefix(space, [partition]);
    return merged(parts, keys.sort.length > 0).map((part) => ({ partition, ...rangeWithin(prefix, part) }));
  });
}

/** Whether the condition as a whole names its partitions, by `=` or IN. */
export const isKeyed = (condition: BoundCondition, { partition: [partition] }: Keys): boolean =>
  conjuncts(condition).some(
    (part) =>
      ((part.kind === "comparison" && part.operator === "=") || part.kind === "in") &&
      part.operands.some((operand) => attributeOf(operand) === partition.name),
  );

class Analysis {
  readonly #keys: Keys;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  branches(condition: BoundCondition): readonly Branch[] {
    switch (condition.kind) {
      case "and":
        return product(this.branches(condition.left), this.branches(condition.right));
      case "or": {
        const either = [...this.branches(condition.left), ...this.branches(condition.right)];
        return either.some(isUnlimited) ? ANY : either;
      }
      case "not":
        return this.#names(condition.condition) ? [{ hasSort: true, isNegated: true }] : ANY;
      case "in": {
        const [operand, ...list] = condition.operands;
        if (!list.every((element) => element.kind === "value")) return ANY;
        return list.length === 0 ? [] : list.flatMap(({ value }) => this.#leaf(operand, { operator: "=", value }));
      }
      case "between": {
        const [operand, low, high] = condition.operands;
        if (low.kind !== "value" || high.kind !== "value") return ANY;
        return this.#leaf(operand, { operator: "BETWEEN", low: low.value, high: high.value });
      }
      case "comparison":
        return this.#comparison(condition);
      case "function": {
        const [operand, prefix] = condition.operands;
        if (condition.name !== "begins_with" || prefix?.kind !== "value") return ANY;
        return this.#leaf(operand, { operator: "begins_with", value: prefix.value });
      }
    }
  }

  #comparison({ operator, operands }: BoundCondition & { readonly kind: "comparison" }): readonly Branch[] {
    const [left, right] = operands;
    const isMirrored = left.kind === "value";
    const [operand, other] = isMirrored ? [right, left] : [left, right];
    if (other.kind !== "value") return ANY;
    if (operator === "<>") {
      return this.#isSort(attributeOf(operand)) ? [{ hasSort: true, isNegated: true }] : ANY;
    }
    return this.#leaf(operand, { operator: isMirrored ? MIRRORED[operator] : operator, value: other.value });
  }

  /** One condition on one attribute. */
  #leaf(operand: Operand | undefined, condition: SortKeyCondition): readonly Branch[] {
    const name = attributeOf(operand);
    const {
      partition: [partition],
      sort: [sort],
    } = this.#keys;
    if (name === partition.name) {
      checkType(partition, condition);
      return condition.operator === "=" ? [{ partition: condition.value }] : ANY;
    }
    if (sort === undefined || name !== sort.name) return ANY;
    checkType(sort, condition);
    return [{ ...sortKeyRange([condition]), hasSort: true }];
  }

  #isSort = (name: string | undefined): boolean => name !== undefined && name === this.#keys.sort[0]?.name;

  /** Whether a condition names the sort key anywhere. */
  #names(condition: BoundCondition): boolean {
    switch (condition.kind) {
      case "and":
      case "or":
        return this.#names(condition.left) || this.#names(condition.right);
      case "not":
        return this.#names(condition.condition);
      default:
        return condition.operands.some((operand) => this.#isSort(attributeOf(operand)));
    }
  }
}

function checkType(key: KeyAttribute, condition: SortKeyCondition): void {
  if (comparedValues(condition).every((value) => typeOf(value) === key.type)) return;
  if (condition.operator === "=") throw keyTypeMismatch(key.name);
  throw invalidParameter("Condition parameter type does not match schema type");
}

/** Both of two conditions: every branch of the one with every branch of the other, without those that exclude each other. */
function product(left: readonly Branch[], right: readonly Branch[]): readonly Branch[] {
  if (left === ANY || right === ANY) return left === ANY ? right : left;
  if (left.length * right.length > MOST_PARTITIONS ** 2) {
    throw validationError("Too many decomposed read operations for a given query.");
  }
  return left.flatMap((one) => right.flatMap((other) => both(one, other)));
}

function both(one: Branch, other: Branch): Branch[] {
  const partition = one.partition ?? other.partition;
  if (one.partition && other.partition && compareValues(one.partition, other.partition) !== 0) return [];
  const start = later(one.start, other.start);
  const end = earlier(one.end, other.end);
  if (start !== undefined && end !== undefined && Buffer.compare(start, end) >= 0) return [];
  return [
    {
      ...(partition && { partition }),
      ...(start && { start }),
      ...(end && { end }),
      hasSort: one.hasSort === true || other.hasSort === true,
      isNegated: one.isNegated === true || other.isNegated === true,
    },
  ];
}

const later = (a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Buffer.compare(a, b) > 0 ? a : b;
const earlier = (a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Buffer.compare(a, b) < 0 ? a : b;

/** The parts of one partition that its branches want, in order, none of them twice. @throws AwsError ValidationException */
function merged(branches: readonly Branch[], isSorted: boolean): Branch[] {
  const ordered = branches.toSorted((a, b) => compareStarts(a.start, b.start));
  const parts: Branch[] = [];
  for (const branch of ordered) {
    const last = parts.at(-1);
    if (last === undefined || (last.end !== undefined && compareStarts(last.end, branch.start) <= 0)) {
      parts.push(branch);
      continue;
    }
    if (isSorted && overlaps(last, branch)) {
      throw validationError("Overlapping conditions with range keys are not supported in where clause");
    }
    const { end: _end, ...from } = last;
    const end = last.end && branch.end && (Buffer.compare(last.end, branch.end) > 0 ? last.end : branch.end);
    parts[parts.length - 1] = { ...from, ...(end && { end }), isNegated: last.isNegated || branch.isNegated || false };
  }
  return parts;
}

/** No start is before every other. */
const compareStarts = (a: Uint8Array | undefined, b: Uint8Array | undefined): number =>
  a === undefined || b === undefined ? Number(a !== undefined) - Number(b !== undefined) : Buffer.compare(a, b);

/** DynamoDB refuses branches that select the same sort keys, unless they are the same or one is a negation. */
function overlaps(one: Branch, other: Branch): boolean {
  if (one.isNegated === true || other.isNegated === true) return false;
  if (one.hasSort !== true && other.hasSort !== true) return false;
  return compareStarts(one.start, other.start) !== 0 || compareStarts(one.end, other.end) !== 0;
}

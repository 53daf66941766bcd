import type { AttributeValue, Item } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import { addNumbers, subtractNumbers } from "../number.ts";
import { binarySet, numberSet, stringSet } from "../set-order.ts";
import { valueAt, type Path } from "./paths.ts";

/** What may stand in a SET action, its placeholders resolved. */
export type SetOperand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | {
      readonly kind: "function";
      readonly name: "if_not_exists" | "list_append";
      readonly operands: readonly SetOperand[];
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-";
      readonly left: SetOperand;
      readonly right: SetOperand;
    };

export const incorrectDataType = () =>
  validationError("An operand in the update expression has an incorrect data type");

/** @throws AwsError ValidationException for what is missing or of another type */
export function evaluateSetOperand(operand: SetOperand, item: Item): AttributeValue {
  if (operand.kind === "value") return operand.value;
  if (operand.kind === "arithmetic") {
    const [left, right] = [evaluateSetOperand(operand.left, item), evaluateSetOperand(operand.right, item)];
    if (!("N" in left) || !("N" in right)) throw incorrectDataType();
    return { N: operand.operator === "+" ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
  }
  if (operand.kind === "path") {
    const value = valueAt(item, operand.path);
    if (value) return value;
    throw validationError("The provided expression refers to an attribute that does not exist in the item");
  }
  const [first, second] = operand.operands as [SetOperand, SetOperand];
  if (operand.name === "if_not_exists") {
    const existing = first.kind === "path" ? valueAt(item, first.path) : undefined;
    return existing ?? evaluateSetOperand(second, item);
  }
  const [head, tail] = [evaluateSetOperand(first, item), evaluateSetOperand(second, item)];
  if (!("L" in head) || !("L" in tail)) throw incorrectDataType();
  return { L: [...head.L, ...tail.L] };
}

/** ADD: a sum, or a set's union; what is missing is zero or the empty set. */
export function addTo(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue {
  if (existing === undefined) return operand;
  if ("N" in operand && "N" in existing) return { N: addNumbers(existing.N, operand.N) };
  if ("SS" in operand && "SS" in existing) return stringSet(union(existing.SS, operand.SS));
  if ("NS" in operand && "NS" in existing) return numberSet(union(existing.NS, operand.NS));
  if ("BS" in operand && "BS" in existing) return binarySet(union(existing.BS, operand.BS));
  throw incorrectDataType();
}

/** DELETE: a set's difference; undefined when nothing is left. */
export function deleteFrom(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue | undefined {
  if (existing === undefined) return undefined;
  if ("SS" in operand && "SS" in existing) return nonEmpty(difference(existing.SS, operand.SS), (SS) => ({ SS }));
  if ("NS" in operand && "NS" in existing) return nonEmpty(difference(existing.NS, operand.NS), (NS) => ({ NS }));
  if ("BS" in operand && "BS" in existing) return nonEmpty(difference(existing.BS, operand.BS), (BS) => ({ BS }));
  throw incorrectDataType();
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

function difference(a: readonly string[], b: readonly string[]): string[] {
  const removed = new Set(b);
  return a.filter((member) => !removed.has(member));
}

const nonEmpty = (members: string[], make: (members: string[]) => AttributeValue): AttributeValue | undefined =>
  members.length > 0 ? make(members) : undefined;

import { valueSizeBytes } from "../item-size.ts";
import type { Path } from "./paths.ts";
import type { UpdateAction } from "./update.ts";
import type { SetOperand } from "./update-values.ts";

const STATEMENT_BYTES = 3;
const WRITES_BYTES = 19;
const CLEARS_BYTES = 1;
/** For each step of a path that is written, behind the first, and for each of one that is read. */
const STEP_BYTES = 4;
const READ_BYTES = 1;
const READ_STEP_BYTES = 14;
const OPERATOR_BYTES = { "+": 34, "-": 37, if_not_exists: 39, list_append: 37 } as const;

/**
 * What UpdateItem counts for its expression against the 400 KB of an item: names and values as the request has them, with some
 * bytes for each part. DynamoDB does not document it; these are the bytes at which it has been seen to refuse.
 */
export const updateSizeBytes = (actions: readonly UpdateAction[]): number =>
  actions.reduce((sum, action) => sum + actionBytes(action), STATEMENT_BYTES);

function actionBytes(action: UpdateAction): number {
  const target = writtenBytes(action.path);
  // what is taken out of a set costs nothing
  if (action.kind === "REMOVE" || action.kind === "DELETE") return CLEARS_BYTES + target;
  return WRITES_BYTES + target + (action.kind === "SET" ? operandBytes(action.value) : valueSizeBytes(action.value));
}

function operandBytes(operand: SetOperand): number {
  switch (operand.kind) {
    case "value":
      return valueSizeBytes(operand.value);
    case "path":
      return READ_BYTES + operand.path.length * READ_STEP_BYTES + elementBytes(operand.path);
    case "arithmetic":
      return OPERATOR_BYTES[operand.operator] + operandBytes(operand.left) + operandBytes(operand.right);
    case "function":
      return operand.operands.reduce<number>((sum, one) => sum + operandBytes(one), OPERATOR_BYTES[operand.name]);
  }
}

const writtenBytes = (path: Path): number => (path.length - 1) * STEP_BYTES + elementBytes(path);

const elementBytes = (path: Path): number =>
  path.reduce<number>((sum, element) => sum + Buffer.byteLength(String(element)), 0);

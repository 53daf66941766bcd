import { validationError } from "../errors.ts";
import type { Path, PathElement } from "../expressions/index.ts";
import type { Expression, Step } from "./ast.ts";
import { emptyPathComponent, invalidAt } from "./errors.ts";

const BIGGEST_INDEX = 2 ** 31 - 1;

export const isPath = ({ kind }: Expression): boolean => kind === "name" || kind === "path";

/** The document path that an expression is. @throws AwsError ValidationException */
export function pathOf(expression: Expression): Path {
  if (expression.kind === "name") return [nonEmpty(expression.name)];
  if (expression.kind !== "path") throw invalidAt("Unexpected path component", expression.at);
  const { root, steps } = expression;
  if (root.kind === "list" || root.kind === "bag") {
    throw invalidAt("A path cannot start with a list index", root.at);
  }
  return [...pathOf(root), ...steps.map(stepOf)];
}

function stepOf(step: Step): PathElement {
  if (step.kind === "name") return nonEmpty(step.name);
  if (step.kind === "every") {
    throw invalidAt(
      step.form === ".*"
        ? "Unpivot path component like a.*.b are not supported"
        : "Wildcard path component like a[*].b are not supported",
      step.at,
    );
  }
  const { index, at } = step;
  if (index.kind === "string") return nonEmpty(index.text);
  if (index.kind !== "number") throw invalidAt("Unexpected path component", at);
  const number = Number(index.text);
  if (!Number.isInteger(number) || number < 0 || number > BIGGEST_INDEX) {
    throw invalidAt(`List index is not within the allowable range; index: [${index.text}]`, at);
  }
  return number;
}

function nonEmpty(name: string): string {
  if (name === "") throw emptyPathComponent();
  return name;
}

const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

export interface Source {
  readonly tableName: string;
  readonly indexName?: string;
}

/** What FROM or UPDATE names: a table, or an index behind it. @throws AwsError ValidationException */
export function sourceOf(expression: Expression): Source {
  const steps = expression.kind === "path" ? expression.steps : [];
  const root = expression.kind === "path" ? expression.root : expression;
  if (root.kind !== "name") throw validationError("Unexpected from source");
  if (steps.some(({ kind }) => kind === "index")) throw validationError("Invalid list expression in source.");
  const [tableName, indexName, ...more] = pathOf(expression) as string[];
  if (more.length > 0) throw validationError("A path may contain at most 2 components in the FROM clause");
  if (tableName === undefined || !(TABLE_NAME.test(tableName) || tableName.startsWith("arn:"))) {
    throw validationError(
      "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.",
    );
  }
  return indexName === undefined ? { tableName } : { tableName, indexName };
}

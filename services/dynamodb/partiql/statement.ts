import { parseAttributeValue, type Item } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { Path, Update } from "../expressions/index.ts";
import type {
  CallNode,
  DeleteNode,
  Expression,
  InsertNode,
  PathNode,
  Returning,
  SelectNode,
  UpdateNode,
} from "./ast.ts";
import { updateOf } from "./changes.ts";
import { whereOf, type Where } from "./conditions.ts";
import { invalidAt, notWellFormed, unsupportedOnIndex } from "./errors.ts";
import { itemOf, type Parameters } from "./literals.ts";
import { isPath, pathOf, sourceOf, type Source } from "./paths.ts";
import { parseStatement } from "./statement-parser.ts";

/** A statement of a request, as it came. */
export interface StatementInput {
  readonly Statement: string;
  readonly Parameters?: readonly object[] | undefined;
}

export interface Select {
  readonly kind: "select";
  readonly source: Source;
  /** Undefined for all attributes. */
  readonly paths: readonly Path[] | undefined;
  readonly where: Where | undefined;
  readonly order: readonly { readonly name: string; readonly descending: boolean }[];
}

export interface Insert {
  readonly kind: "insert";
  readonly source: Source;
  readonly item: Item;
}

export interface UpdateStatement {
  readonly kind: "update";
  readonly source: Source;
  readonly update: Update;
  readonly where: Where | undefined;
  readonly returning: Returning | undefined;
}

export interface Delete {
  readonly kind: "delete";
  readonly source: Source;
  readonly where: Where | undefined;
  readonly returning: Returning | undefined;
}

/** `EXISTS(SELECT ..)`: the condition of a transaction on an item that it does not write. */
export interface Exists {
  readonly kind: "exists";
  readonly select: Select;
}

export type Write = Insert | UpdateStatement | Delete;
export type Statement = Select | Write | Exists;

/**
 * What a statement says, checked as far as that needs no table.
 * @throws AwsError ValidationException
 */
export function readStatement(input: StatementInput): Statement {
  const { Statement, Parameters: given = [] } = input;
  const { expression } = parseStatement(Statement);
  checkParameterCount(input);
  const parameters = given.map((value) => parseAttributeValue(value));
  switch (expression.kind) {
    case "select":
      return selectOf(expression, parameters);
    case "insert":
      return insertOf(expression, parameters);
    case "update":
      return updateStatementOf(expression, parameters);
    case "delete":
      return deleteOf(expression, parameters);
    default:
      return existsOf(expression, parameters);
  }
}

/** Values that no `?` stands for are not looked at. @throws AwsError ValidationException */
export function checkParameterCount({ Statement, Parameters: given = [] }: StatementInput): void {
  if (parseStatement(Statement).parameters > given.length) {
    throw validationError("Number of parameters in request and statement don't match.");
  }
}

export interface Subject {
  readonly direction: "read" | "write";
  readonly tableName: string;
}

/** What a statement is about, as far as its text alone tells; undefined for one that neither reads nor writes. */
export function subjectOf(statement: string): Subject | undefined {
  try {
    const { expression } = parseStatement(statement);
    switch (expression.kind) {
      case "select":
        return { direction: "read", tableName: sourceOf(expression.sources[0]!.expression).tableName };
      case "insert":
        return { direction: "write", tableName: sourceOf(expression.target).tableName };
      case "update":
      case "delete":
        return { direction: "write", tableName: sourceOf(expression.source.expression).tableName };
      default:
        return undefined;
    }
  } catch {
    return undefined; // whoever runs it says what is wrong
  }
}

function selectOf({ projection, sources, where, order, unsupported }: SelectNode, parameters: Parameters): Select {
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) {
    throw validationError("Only select from a single table or index is supported.");
  }
  if (source.hasAlias || projection?.some(({ hasAlias }) => hasAlias)) {
    throw validationError("Aliasing is not supported");
  }
  if (unsupported !== undefined) throw unsupported();
  return {
    kind: "select",
    source: sourceOf(source.expression),
    paths: projection?.map(({ expression }) => projected(expression)),
    where: where && whereOf(where, parameters),
    order: order.map(({ expression, descending }) => ({ name: orderKey(expression), descending })),
  };
}

function projected(expression: Expression): Path {
  if (expression.kind === "path") checkStars(expression);
  if (!isPath(expression)) throw invalidAt("Unexpected path component", expression.at);
  return pathOf(expression);
}

/** `a.*` is read and refused, other stars in a path are not even read. */
function checkStars({ steps }: PathNode): void {
  const every = steps.findIndex(({ kind }) => kind === "every");
  const star = steps[every];
  if (star?.kind !== "every") return;
  if (star.form === "[*]" || every < steps.length - 1) throw notWellFormed("Invalid use of * in select list");
  if (steps.some(({ kind }) => kind === "index")) {
    throw notWellFormed("Cannot use [] and * together in SELECT list expression");
  }
  throw validationError("Changing item's hierarchy while reading isn't supported");
}

function orderKey(expression: Expression): string {
  if (expression.kind === "name") return expression.name;
  const shown = "text" in expression ? expression.text : expression.kind.toUpperCase();
  throw validationError(`Argument to ORDER BY must be of type VariableReference. Type: ${shown}`);
}

function insertOf({ target, value, unsupported }: InsertNode, parameters: Parameters): Insert {
  const source = sourceOf(target);
  if (source.indexName !== undefined) {
    throw validationError("FROM clause may only contain a single table name in data manipulation statements");
  }
  if (unsupported !== undefined) throw unsupported();
  return { kind: "insert", source, item: itemOf(value, parameters) };
}

function updateStatementOf({ source, changes, where, returning }: UpdateNode, parameters: Parameters): UpdateStatement {
  if (source.hasAlias) throw validationError("Aliasing is not supported");
  return {
    kind: "update",
    source: tableOnly(sourceOf(source.expression)),
    update: updateOf(changes, parameters),
    where: where && whereOf(where, parameters),
    returning,
  };
}

function deleteOf({ source, where, returning }: DeleteNode, parameters: Parameters): Delete {
  if (source.hasAlias) throw validationError("Aliasing is not supported");
  if (returning !== undefined && (returning.which !== "ALL" || returning.when !== "OLD")) {
    throw validationError(
      `Invalid returning clause: RETURNING ${returning.which} ${returning.when} *. ` +
        "Only RETURNING ALL OLD * is allowed in DELETE statements.",
    );
  }
  return {
    kind: "delete",
    source: tableOnly(sourceOf(source.expression)),
    where: where && whereOf(where, parameters),
    returning,
  };
}

function tableOnly(source: Source): Source {
  if (source.indexName !== undefined) throw unsupportedOnIndex();
  return source;
}

/** What no other statement is has to be EXISTS. */
function existsOf(expression: Expression, parameters: Parameters): Exists {
  if (expression.kind === "call" && expression.name.toLowerCase() === "exists") {
    const [select, ...others] = (expression satisfies CallNode).operands;
    if (select?.kind === "select" && others.length === 0) {
      return { kind: "exists", select: selectOf(select, parameters) };
    }
  }
  throw validationError(`Unsupported operation: ${operationName(expression)}`);
}

function operationName({ kind }: Expression): string {
  switch (kind) {
    case "name":
      return "VariableReference";
    case "path":
      return "Path";
    case "parameter":
      return "Parameter";
    case "list":
    case "bag":
      return "Seq";
    case "struct":
      return "Struct";
    case "is":
      return "Typed";
    case "call":
    case "operator":
      return "NAry";
    default:
      return "Literal";
  }
}

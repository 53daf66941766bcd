import type { Access, AccessScope, ConditionValue } from "../../../emulator/model/access.ts";
import { attributeOf, textOf } from "../attribute-value.ts";
import type { DynamoDbStore } from "../store.ts";
import { tableArn, tableNameOf } from "../table-name.ts";
import { splitByKey } from "./key-conditions.ts";
import { keyRangesOf } from "./key-ranges.ts";
import { readStatement, type Statement, type StatementInput } from "./statement.ts";
import type { Where } from "./conditions.ts";
import { planOf } from "./select.ts";

const ACTIONS: Readonly<Record<Statement["kind"], string>> = {
  select: "dynamodb:PartiQLSelect",
  exists: "dynamodb:PartiQLSelect",
  insert: "dynamodb:PartiQLInsert",
  update: "dynamodb:PartiQLUpdate",
  delete: "dynamodb:PartiQLDelete",
};

/**
 * What statements need: an action by their kind on the table or index that they name. One that cannot be read needs nothing,
 * as it does nothing: its operation says what is wrong.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export const statementAccesses = (
  statements: readonly StatementInput[] | undefined,
  scope: AccessScope,
  store: unknown,
  enclosing?: string,
): Access[] =>
  (statements ?? []).flatMap((input): Access[] => {
    const statement = attempt(() => readStatement(input));
    return statement === undefined ? [] : [accessOf(statement, scope, store as DynamoDbStore, enclosing)];
  });

/** Undefined for what the operation refuses. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function accessOf(statement: Statement, scope: AccessScope, store: DynamoDbStore, enclosing?: string): Access {
  const read = statement.kind === "exists" ? statement.select : statement;
  const { tableName, indexName } = read.source;
  const table = tableArn(scope, tableName);
  return {
    action: ACTIONS[statement.kind],
    resource: indexName === undefined ? table : `${table}/index/${indexName}`,
    conditions: {
      "dynamodb:Attributes": () => attributesOf(read),
      "dynamodb:LeadingKeys": () => leadingKeys(statement, scope, store),
      ...(read.kind === "select" && {
        "dynamodb:FullTableScan": () => String(attempt(() => planOf(store, read).isScan) === true),
      }),
      ...(enclosing !== undefined && { "dynamodb:EnclosingOperation": enclosing }),
    } satisfies Record<string, ConditionValue>,
  };
}

type Named = Exclude<Statement, { readonly kind: "exists" }>;

const whereIn = (statement: Named): Where | undefined => (statement.kind === "insert" ? undefined : statement.where);

/** The top-level attributes that a statement names. */
function attributesOf(statement: Named): string[] {
  const names = new Set<string>(statement.kind === "insert" ? Object.keys(statement.item) : []);
  for (const path of whereIn(statement)?.paths ?? []) names.add(String(path[0]));
  if (statement.kind === "select") for (const path of statement.paths ?? []) names.add(String(path[0]));
  if (statement.kind === "update") for (const name of statement.update.attributes) names.add(name);
  return [...names];
}

/** The values that the partition key has to be one of; undefined where a statement demands none, or is refused. */
function leadingKeys(statement: Statement, scope: AccessScope, store: DynamoDbStore): string[] | undefined {
  const named = statement.kind === "exists" ? statement.select : statement;
  const { tableName, indexName } = named.source;
  const table = store.findTable(tableNameOf(scope, tableName));
  const keys = indexName === undefined ? table?.keys : table?.indexes.find(({ name }) => name === indexName)?.keys;
  if (keys === undefined) return undefined;
  const where = whereIn(named);
  if (statement.kind === "select") {
    const ranges = where && attempt(() => keyRangesOf(where.bound, 0, keys));
    return ranges && [...new Set(ranges.map(({ partition }) => textOf(partition)))];
  }
  // of the one item that the statement is about, found as its operation finds it
  const item = statement.kind === "insert" ? statement.item : attempt(() => splitByKey(where?.bound, keys).key);
  const value = item && attributeOf(item, keys.partition[0].name);
  return value && [textOf(value)];
}

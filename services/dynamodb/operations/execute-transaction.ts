import { AwsError } from "../../../emulator/model/errors.ts";
import type { InputOf, OutputOf } from "../../../emulator/model/sdk.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkReadsItem, locateRead } from "../partiql/read-item.ts";
import {
  checkParameterCount,
  readStatement,
  type Exists,
  type Select,
  type Statement,
  type Write,
} from "../partiql/statement.ts";
import { parseStatement } from "../partiql/statement-parser.ts";
import { checkExists, locateWrite } from "../partiql/write.ts";
import type { DynamoDbStore } from "../store.ts";
import type { LocatedAction } from "../transact-action.ts";
import { readTransaction, type TransactRead } from "../transact-read.ts";
import { writeTransaction } from "../transact-write.ts";
import { cancelForFirst, checkDistinct, reasonOf } from "../transaction.ts";

type Input = InputOf<"dynamodb", "ExecuteTransaction">;
type Output = OutputOf<"dynamodb", "ExecuteTransaction">;

/**
 * Up to 100 statements, all of them or none: reads of items by their keys, or writes with the conditions that EXISTS says.
 * @throws ValidationException, ResourceNotFoundException, TransactionCanceledException, IdempotentParameterMismatchException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
 */
export const executeTransaction: Operation<"ExecuteTransaction"> = async (ctx, input) => {
  const statements = input.TransactStatements.map((statement, i) => {
    // one that cannot be read is not said to be of a place
    parseStatement(statement.Statement);
    inPlace(i, () => checkParameterCount(statement));
    return readStatement(statement);
  });
  const reads = statements.filter(({ kind }) => kind === "select");
  if (reads.length > 0 && reads.length < statements.length) {
    throw validationError(
      "ExecuteTransaction API does not support both read and write operations in the same request.",
    );
  }
  for (const [i, statement] of statements.entries()) inPlace(i, () => checkStatement(ctx.store, statement));
  if (reads.length > 0) return read(ctx.store, statements as Select[], input);
  const writes = statements as (Write | Exists)[];
  const { units, isRepeated } = await writeTransaction(ctx, {
    locate: () => writes.map((write, i) => locate(ctx.store, write, input.TransactStatements[i]!)),
    token: input.ClientRequestToken,
    request: input.TransactStatements,
  });
  return {
    Responses: [],
    ...units.consumed(input.ReturnConsumedCapacity, isRepeated ? "ReadCapacityUnits" : "WriteCapacityUnits"),
  };
};

const locate = (
  store: DynamoDbStore,
  statement: Write | Exists,
  { ReturnValuesOnConditionCheckFailure }: Input["TransactStatements"][number],
): LocatedAction => locateWrite(store, statement, ReturnValuesOnConditionCheckFailure === "ALL_OLD");

/** What no statement of a transaction may have. @throws AwsError ValidationException */
function checkStatement(store: DynamoDbStore, statement: Statement): void {
  if (statement.kind === "select") {
    if (statement.source.indexName !== undefined) {
      throw validationError("Reads on indices are not supported within transactions.");
    }
    checkReadsItem(store, statement, "ExecuteTransaction");
  }
  if (statement.kind === "exists") {
    if (statement.select.source.indexName !== undefined) {
      throw validationError("Operations on indices are not supported in transactions");
    }
    checkExists(store, statement);
  }
  if ("returning" in statement && statement.returning !== undefined) {
    throw validationError("RETURNING clause is not supported in ExecuteTransaction.");
  }
}

/** Says of which statement a complaint is. */
function inPlace<T>(i: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "ValidationException") throw error;
    throw validationError(`Validation failed in TransactStatements[${i}]: ${error.message}`);
  }
}

function read(store: DynamoDbStore, selects: readonly Select[], input: Input): Output {
  const reads: TransactRead[] = [];
  const reasons = selects.map((select) =>
    reasonOf(() => {
      const located = locateRead(store, select);
      reads.push({ ...located, tableName: located.table.name });
    }),
  );
  cancelForFirst(reasons);
  checkDistinct(reads.map(({ place }) => place));
  return readTransaction(store, reads, input.ReturnConsumedCapacity);
}

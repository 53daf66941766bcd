import { AwsError } from "../../../emulator/model/errors.ts";
import type { InputOf, OutputOf } from "../../../emulator/model/sdk.ts";
import { consumed, noUnits, type Units } from "../capacity.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkReadsItem, locateRead, readItem } from "../partiql/read-item.ts";
import { readStatement, subjectOf } from "../partiql/statement.ts";
import { locateWrite, runWrite } from "../partiql/write.ts";
import type { DynamoDbStore } from "../store.ts";
import { wireItem, type WireItem } from "../wire.ts";

type BatchStatement = NonNullable<InputOf<"dynamodb", "BatchExecuteStatement">["Statements"]>[number];
type Response = NonNullable<OutputOf<"dynamodb", "BatchExecuteStatement">["Responses"]>[number];
type Code = NonNullable<NonNullable<Response["Error"]>["Code"]>;

const CODES: Readonly<Record<string, Code>> = {
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  DuplicateItemException: "DuplicateItem",
  ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
  ProvisionedThroughputExceededException: "ProvisionedThroughputExceeded",
  ResourceNotFoundException: "ResourceNotFound",
  ThrottlingException: "ThrottlingError",
  ValidationException: "ValidationError",
};

interface Result {
  readonly response: Response;
  readonly consumed?: { readonly tableName: string; readonly units: Units };
}

/**
 * Up to 25 statements that all read one item or all write one, each for itself: what is wrong with one of them is said in
 * its place.
 * @throws ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export const batchExecuteStatement: Operation<"BatchExecuteStatement"> = async (ctx, input) => {
  const directions = new Set(input.Statements.map(({ Statement }) => subjectOf(Statement)?.direction));
  if (directions.has("read") && directions.has("write")) {
    throw validationError("Read and write requests together in the same batch is not supported.");
  }
  const results = await Promise.all(input.Statements.map((statement) => run(ctx.store, statement)));
  const capacities = results.flatMap(({ consumed: of }) =>
    of === undefined ? [] : (consumed(input.ReturnConsumedCapacity, of.tableName, of.units) ?? []),
  );
  return {
    Responses: results.map(({ response }) => response),
    ConsumedCapacity: capacities.length === 0 ? undefined : capacities,
  };
};

async function run(store: DynamoDbStore, input: BatchStatement): Promise<Result> {
  // known from when the statement is about to touch its item
  let tableName: string | undefined;
  try {
    const statement = readStatement(input);
    if (statement.kind === "exists") {
      throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
    }
    if (statement.kind === "select") {
      checkReadsItem(store, statement, "BatchExecuteStatement");
      const read = locateRead(store, statement);
      tableName = read.plan.table.name;
      const { item, units } = readItem(store, read, input.ConsistentRead);
      store.throughput.checkRead(read.plan.table, undefined, units, read.place);
      return resultOf(tableName, item && wireItem(item), { ...noUnits(), table: units });
    }
    const returnsOld = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    const action = locateWrite(store, statement, returnsOld);
    if (action.place !== undefined) tableName = action.tableName;
    const { item, units } = await runWrite(store, statement, action);
    return resultOf(action.tableName, item && wireItem(item), units);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { response: { Error: errorOf(error), ...(tableName !== undefined && { TableName: tableName }) } };
  }
}

const resultOf = (tableName: string, item: WireItem | undefined, units: Units): Result => ({
  response: { TableName: tableName, ...(item !== undefined && { Item: item }) },
  consumed: { tableName, units },
});

function errorOf(error: AwsError): NonNullable<Response["Error"]> {
  const code = CODES[error.name];
  if (code === undefined) throw error;
  const item = error.fields["Item"] as WireItem | undefined;
  return { Code: code, Message: error.message, ...(item !== undefined && { Item: item }) };
}

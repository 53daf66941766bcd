import { callerOf } from "../../../emulator/model/caller.ts";
import type { Context } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import type { InputOf, OutputOf } from "../../../emulator/model/sdk.ts";
import { addUnits, noUnits, type Units } from "../capacity.ts";
import { validationError } from "../errors.ts";
import type { DynamoDbState, Operation } from "../index.ts";
import { checkUnseen } from "../key-checks.ts";
import { statementAccesses } from "../partiql/access.ts";
import { checkReadsItem, locateRead } from "../partiql/read-item.ts";
import { readStatement, subjectOf } from "../partiql/statement.ts";
import { locateWrite, runWrite } from "../partiql/write.ts";
import { readItem } from "../read-item.ts";
import { TableUnits } from "../transaction.ts";
import { wireItem, type WireItem } from "../wire.ts";

type BatchStatement = NonNullable<InputOf<"dynamodb", "BatchExecuteStatement">["Statements"]>[number];
type Response = NonNullable<OutputOf<"dynamodb", "BatchExecuteStatement">["Responses"]>[number];
type Code = NonNullable<NonNullable<Response["Error"]>["Code"]>;

const CODES: Readonly<Record<string, Code>> = {
  AccessDeniedException: "AccessDenied",
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
  const located = input.Statements.map((statement) => attempt(() => locate(ctx, statement)));
  checkDistinct(located);
  const results = await Promise.all(located.map((one) => resultOf(one)));
  const units = new TableUnits();
  for (const { consumed } of results)
    if (consumed !== undefined) addUnits(units.of(consumed.tableName), consumed.units);
  return {
    Responses: results.map(({ response }) => response),
    ...units.consumed(input.ReturnConsumedCapacity),
  };
};

/** A statement that is about to touch its item. */
interface Located {
  readonly tableName: string | undefined;
  readonly place: Buffer | undefined;
  readonly run: () => Result | Promise<Result>;
}

interface Refused {
  readonly error: AwsError;
}

function attempt(work: () => Located): Located | Refused {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error };
  }
}

function locate(ctx: Context<DynamoDbState>, input: BatchStatement): Located {
  const { store } = ctx;
  const statement = readStatement(input);
  if (statement.kind === "exists") {
    throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  checkAllowed(ctx, input);
  if (statement.kind === "select") {
    checkReadsItem(store, statement, "BatchExecuteStatement");
    const read = locateRead(store, statement);
    const { table } = read;
    const run = () => {
      const { item, units } = readItem(store, read, input.ConsistentRead);
      store.throughput.checkRead(table, undefined, units, read.place);
      return done(table.name, item && wireItem(item), { ...noUnits(), table: units });
    };
    return { tableName: table.name, place: read.place, run };
  }
  const action = locateWrite(store, statement, input.ReturnValuesOnConditionCheckFailure === "ALL_OLD");
  const run = async () => {
    const { item, units } = await runWrite(store, statement, action);
    return done(action.tableName, item && wireItem(item), units);
  };
  return { tableName: action.place && action.tableName, place: action.place, run };
}

/** @throws AwsError AccessDeniedException */
function checkAllowed(ctx: Context<DynamoDbState>, statement: BatchStatement): void {
  for (const access of statementAccesses([statement], ctx, ctx.store)) {
    const refusal = ctx.authorization.refusal(callerOf(ctx), access);
    if (refusal !== undefined) throw new AwsError({ code: "AccessDeniedException", status: 400 }, refusal);
  }
}

/** What is refused by itself touches no item. @throws AwsError ValidationException */
function checkDistinct(statements: readonly (Located | Refused)[]): void {
  const seen = new Set<string>();
  for (const one of statements) if ("place" in one && one.place !== undefined) checkUnseen(one.place, seen);
}

async function resultOf(one: Located | Refused): Promise<Result> {
  if ("error" in one) return { response: { Error: errorOf(one.error) } };
  const { tableName } = one;
  try {
    return await one.run();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { response: { Error: errorOf(error), ...(tableName !== undefined && { TableName: tableName }) } };
  }
}

const done = (tableName: string, item: WireItem | undefined, units: Units): Result => ({
  response: { TableName: tableName, ...(item !== undefined && { Item: item }) },
  consumed: { tableName, units },
});

function errorOf(error: AwsError): NonNullable<Response["Error"]> {
  const code = CODES[error.name];
  if (code === undefined) throw error;
  const item = error.fields["Item"] as WireItem | undefined;
  return { Code: code, Message: error.message, ...(item !== undefined && { Item: item }) };
}

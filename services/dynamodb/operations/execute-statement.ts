import { consumed } from "../capacity.ts";
import type { Operation } from "../index.ts";
import { validationError } from "../errors.ts";
import { nextToken, progressOf } from "../partiql/next-token.ts";
import { planOf, runPlan } from "../partiql/select.ts";
import { readStatement } from "../partiql/statement.ts";
import { locateWrite, runWrite } from "../partiql/write.ts";
import { wireItem } from "../wire.ts";

/**
 * Reads the items that a SELECT wants, by pages, or writes one item as INSERT, UPDATE or DELETE says.
 * @throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException, DuplicateItemException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
 */
export const executeStatement: Operation<"ExecuteStatement"> = async (ctx, input) => {
  const statement = readStatement(input);
  if (statement.kind === "exists") {
    throw validationError("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  if (statement.kind !== "select") {
    const returnsOld = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    const action = locateWrite(ctx.store, statement, returnsOld);
    const { item, units } = await runWrite(ctx.store, statement, action);
    return {
      Items: item === undefined ? [] : [wireItem(item)],
      ConsumedCapacity: consumed(input.ReturnConsumedCapacity, action.tableName, units),
    };
  }
  const from = progressOf(input, input.NextToken);
  const plan = planOf(ctx.store, statement);
  const { items, units, next } = runPlan(ctx.store, plan, {
    consistent: input.ConsistentRead,
    limit: input.Limit,
    from,
  });
  return {
    Items: items.map(wireItem),
    NextToken: next && nextToken(input, next),
    LastEvaluatedKey: next?.after && wireItem(next.after),
    ConsumedCapacity: consumed(input.ReturnConsumedCapacity, plan.table.name, units),
  };
};

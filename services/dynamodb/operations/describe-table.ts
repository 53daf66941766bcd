import type { Operation } from "../index.ts";
import { describeTable as description } from "../table-description.ts";

/**
 * Says what a table is, what state it is in, and how much it holds. ItemCount and TableSizeBytes are exact here, where
 * DynamoDB brings them up to date every six hours or so.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
 */
export const describeTable: Operation<"DescribeTable"> = (ctx, input) => ({
  Table: description(ctx.store, ctx.store.table(input.TableName)),
});

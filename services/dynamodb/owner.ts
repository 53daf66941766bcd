import { accountOfTable } from "./table-name.ts";

/**
 * What principals of other accounts may do with a table whose policy allows it to them. So they may use batches, whose tables may be of
 * several accounts: those stay in the caller's, and find each table where it is.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
 */
const ACROSS_ACCOUNTS: ReadonlySet<string> = new Set([
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTagsOfResource",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "TransactGetItems",
  "TransactWriteItems",
  "UntagResource",
  "UpdateItem",
  "UpdateTable",
]);

interface NamesTable {
  readonly TableName?: string;
  readonly ResourceArn?: string;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string } | undefined>>[];
}

/** Whose table a request is about. The tables of a transaction are of one account: it tells whether they are not. */
export function ownerOf(operation: string, input: Readonly<Record<string, unknown>>): string | undefined {
  const { TableName, ResourceArn, TransactItems } = input as NamesTable;
  const named = TableName ?? ResourceArn ?? Object.values(TransactItems?.[0] ?? {})[0]?.TableName;
  return named?.startsWith("arn:") && ACROSS_ACCOUNTS.has(operation) ? accountOfTable(named) : undefined;
}

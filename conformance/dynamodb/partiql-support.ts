import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetItemCommand,
  type AttributeValue,
  type BatchExecuteStatementCommandInput,
  type BatchStatementRequest,
  type DynamoDBClient,
  type ExecuteStatementCommandInput,
  type ExecuteTransactionCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Target } from "../target.ts";
import { INDEXED, putAll, useTable, validation, type Item } from "./support.ts";

type More = Partial<ExecuteStatementCommandInput>;
type Given = string | BatchStatementRequest;

const statementOf = (given: Given): BatchStatementRequest => (typeof given === "string" ? { Statement: given } : given);

/** The three operations of PartiQL, as a test says them. */
export class PartiQl {
  readonly #client: DynamoDBClient;

  constructor(client: DynamoDBClient) {
    this.#client = client;
  }

  run(Statement: string, more: More = {}) {
    return this.#client.send(new ExecuteStatementCommand({ Statement, ...more }));
  }

  /** The items of the first page. */
  async items(Statement: string, Parameters?: AttributeValue[], more: More = {}): Promise<Item[]> {
    return (await this.run(Statement, { ...(Parameters && { Parameters }), ...more })).Items ?? [];
  }

  batch(statements: readonly Given[], more: Partial<BatchExecuteStatementCommandInput> = {}) {
    return this.#client.send(new BatchExecuteStatementCommand({ Statements: statements.map(statementOf), ...more }));
  }

  transact(statements: readonly Given[], more: Partial<ExecuteTransactionCommandInput> = {}) {
    const TransactStatements = statements.map(statementOf) as ExecuteTransactionCommandInput["TransactStatements"];
    return this.#client.send(new ExecuteTransactionCommand({ TransactStatements, ...more }));
  }
}

/** A table with an index of `g`, and keys of items in it that no other test has. */
export function useItems(client: DynamoDBClient, still?: Pick<Target, "clock">) {
  const table = useTable(client, INDEXED, still);
  let made = 0;
  const fresh = (): string => `item-${++made}`;
  return {
    table,
    /** A key that has no item. */
    fresh,
    /** A key that has an item. */
    there: async (more: Item = {}): Promise<string> => {
      const pk = fresh();
      await putAll(client, table, [{ pk: { S: pk }, ...more }]);
      return pk;
    },
    get: async (pk: string): Promise<Item | undefined> =>
      (await client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk } } }))).Item,
  };
}

/** Statements on items of a table by their keys. */
export const statementsOn = (table: string) => ({
  select: (pk: string, rest = "") => `SELECT * FROM "${table}" WHERE pk = '${pk}'${rest}`,
  insert: (pk: string) => `INSERT INTO "${table}" VALUE {'pk': '${pk}'}`,
  set: (pk: string, n: number, rest = "") => `UPDATE "${table}" SET n = ${n} WHERE pk = '${pk}'${rest}`,
});

/** What is said of a statement that cannot be read. */
export const notWellFormed = (detail = ""): string =>
  validation(`Statement wasn't well formed, can't be processed: ${detail}`);

/** How AWS says where in a statement something is, which has the text once. */
export function placeOf(text: string, statement: string, length = text.length): string {
  const [before, ...more] = statement.split(text);
  if (before === undefined || more.length !== 1) throw new Error(`${text} is not once in ${statement}`);
  return `1:${before.length + 1}:${length}`;
}

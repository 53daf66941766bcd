import {
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  type AttributeValue,
  type BatchExecuteStatementCommandInput,
  type BatchStatementRequest,
  type DynamoDBClient,
  type ExecuteStatementCommandInput,
  type ExecuteTransactionCommandInput,
} from "@aws-sdk/client-dynamodb";
import { validation, type Item } from "./support.ts";

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

/** What is said of a statement that cannot be read. */
export const notWellFormed = (detail = ""): string =>
  validation(`Statement wasn't well formed, can't be processed: ${detail}`);

/** How AWS says where in a statement something is, which has the text once. */
export function placeOf(text: string, statement: string, length = text.length): string {
  const [before, ...more] = statement.split(text);
  if (before === undefined || more.length !== 1) throw new Error(`${text} is not once in ${statement}`);
  return `1:${before.length + 1}:${length}`;
}

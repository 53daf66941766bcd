import {
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateScan,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { createTable } from "../dynamodb/support.ts";
import { type OnceConfig, untilGone } from "../emulator-process.ts";
import type { Random } from "./random.ts";
import type { Writer } from "./writer.ts";

const TABLE = "bank";
const ACCOUNTS = 8;
const OPENING_BALANCE = 1000;
const TELLERS = 3;

interface Transfer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/**
 * Tellers that move money between accounts, each transfer one transaction: out of one, into the other, and a slip of paper.
 * The balances must follow from the slips, and their sum never changes.
 */
export class BankWriter implements Writer {
  readonly #random: Random;
  readonly #acknowledged = new Set<string>();
  readonly #refused = new Set<string>();
  /** Sent and not answered. */
  readonly #open = new Map<string, Transfer>();
  #lastAcknowledged: Transfer | undefined;
  #next = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  async prepare(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    await createTable(dynamodb, { TableName: TABLE });
    const accounts = Array.from({ length: ACCOUNTS }, (_, number) => ({
      PutRequest: { Item: { pk: { S: `account/${number}` }, balance: { N: String(OPENING_BALANCE) } } },
    }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: accounts } }));
    dynamodb.destroy();
  }

  async write(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    await Promise.all(
      Array.from({ length: TELLERS }, () => untilGone(() => this.#send(dynamodb, this.#nextTransfer()))),
    );
    dynamodb.destroy();
  }

  #nextTransfer(): Transfer {
    const from = this.#random.between(0, ACCOUNTS - 1);
    const to = (from + this.#random.between(1, ACCOUNTS - 1)) % ACCOUNTS;
    return {
      id: `transfer/${this.#next++}`,
      from: `account/${from}`,
      to: `account/${to}`,
      // too much now and then: a transaction that is refused leaves nothing behind either
      amount: this.#random.between(1, 900),
    };
  }

  async #send(dynamodb: DynamoDBClient, transfer: Transfer): Promise<void> {
    this.#open.set(transfer.id, transfer);
    try {
      await dynamodb.send(new TransactWriteItemsCommand(transactionOf(transfer)));
      this.#acknowledged.add(transfer.id);
      this.#lastAcknowledged = transfer;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      this.#refused.add(transfer.id);
    }
    this.#open.delete(transfer.id);
  }

  async check(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    const before = await this.#checkBooks(dynamodb);
    // sent again with its token, a transfer is made if it was not, and never made twice
    const again = [...this.#open.values(), ...(this.#lastAcknowledged ? [this.#lastAcknowledged] : [])];
    for (const transfer of again) {
      await this.#send(dynamodb, transfer);
      if (before.has(transfer.id)) expect([...this.#refused]).not.toContain(transfer.id);
    }
    await this.#checkBooks(dynamodb);
    dynamodb.destroy();
  }

  /** @returns the ids of the transfers that were made */
  async #checkBooks(client: DynamoDBClient): Promise<ReadonlySet<string>> {
    const balances = new Map<string, number>();
    const expected = new Map<string, number>();
    const move = (account: string, amount: number) =>
      expected.set(account, (expected.get(account) ?? OPENING_BALANCE) + amount);
    for (let number = 0; number < ACCOUNTS; number++) move(`account/${number}`, 0);
    const made = new Set<string>();
    for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLE, ConsistentRead: true })) {
      for (const { pk, balance, from, to, amount } of Items) {
        if (balance) balances.set(pk?.S ?? "", Number(balance.N));
        else {
          made.add(pk?.S ?? "");
          move(from?.S ?? "", -Number(amount?.N));
          move(to?.S ?? "", Number(amount?.N));
        }
      }
    }
    expect(Object.fromEntries(balances)).toEqual(Object.fromEntries(expected));
    expect([...balances.values()].reduce((sum, balance) => sum + balance, 0)).toBe(ACCOUNTS * OPENING_BALANCE);
    expect(Math.min(...balances.values())).toBeGreaterThanOrEqual(0);
    expect([...this.#acknowledged].filter((id) => !made.has(id))).toEqual([]);
    expect([...this.#refused].filter((id) => made.has(id))).toEqual([]);
    expect([...made].filter((id) => !this.#acknowledged.has(id) && !this.#open.has(id))).toEqual([]);
    return made;
  }

  acknowledged(): Readonly<Record<string, number>> {
    return { transfers: this.#acknowledged.size };
  }
}

function transactionOf({ id, from, to, amount }: Transfer): TransactWriteItemsCommandInput {
  const values = { ":amount": { N: String(amount) } };
  return {
    ClientRequestToken: id,
    TransactItems: [
      {
        Update: {
          TableName: TABLE,
          Key: { pk: { S: from } },
          UpdateExpression: "SET balance = balance - :amount",
          ConditionExpression: "balance >= :amount",
          ExpressionAttributeValues: values,
        },
      },
      {
        Update: {
          TableName: TABLE,
          Key: { pk: { S: to } },
          UpdateExpression: "SET balance = balance + :amount",
          ExpressionAttributeValues: values,
        },
      },
      {
        Put: {
          TableName: TABLE,
          Item: { pk: { S: id }, from: { S: from }, to: { S: to }, amount: { N: String(amount) } },
          ConditionExpression: "attribute_not_exists(pk)",
        },
      },
    ],
  };
}

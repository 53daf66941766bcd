import type { OutputOf } from "../../emulator/model/sdk.ts";
import type { Item } from "./attribute-value.ts";
import { readItem, type ItemRead } from "./read-item.ts";
import type { DynamoDbStore } from "./store.ts";
import { throttleReason } from "./throughput/throttle.ts";
import { cancelFor, checkResponse, TableUnits, TRANSACTION_FACTOR, type Reason } from "./transaction.ts";
import { wireItem } from "./wire.ts";

type Output = OutputOf<"dynamodb", "TransactGetItems">;

/** One read of a transaction, whose items are all different. */
export interface TransactRead extends ItemRead {
  /** As the answer names it. */
  readonly tableName: string;
  /** Whom contributor insights count it for. */
  readonly contributor?: Item;
}

/**
 * Reads all items or, where one is throttled, none.
 * @param wanted ReturnConsumedCapacity
 * @throws AwsError ValidationException, TransactionCanceledException
 */
export function readTransaction(
  store: DynamoDbStore,
  reads: readonly TransactRead[],
  wanted: string | undefined,
): Output {
  const units = new TableUnits();
  const throttles: (Reason | undefined)[] = [];
  let bytes = 0;
  const responses = reads.map((read): NonNullable<Output["Responses"]>[number] => {
    const found = readItem(store, read, true);
    bytes += found.bytes;
    const taken = found.units * TRANSACTION_FACTOR;
    const throttle = store.throughput.takeRead(read.table, undefined, taken, read.place, read.contributor);
    throttles.push(throttle && throttleReason(throttle));
    units.of(read.tableName).table += taken;
    return found.item === undefined ? {} : { Item: wireItem(found.item) };
  });
  cancelFor(throttles);
  checkResponse(bytes);
  return { Responses: responses, ...units.consumed(wanted, "ReadCapacityUnits") };
}

import type { Context } from "../../emulator/model/context.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { Item } from "./attribute-value.ts";
import { consumed, noUnits, type ConsumedCapacity, type Units } from "./capacity.ts";
import { transactionCanceled, validationError } from "./errors.ts";
import { checkUnseen } from "./key-checks.ts";
import { accountOfTable } from "./table-name.ts";
import { wireItem, type WireItem } from "./wire.ts";

/** Why one action of a transaction would not do; None for those that would. */
export interface Reason {
  readonly Code:
    | "None"
    | "ConditionalCheckFailed"
    | "DuplicateItem"
    | "ItemCollectionSizeLimitExceeded"
    | "ProvisionedThroughputExceeded"
    | "ThrottlingError"
    | "ValidationError";
  readonly Message?: string;
  readonly Item?: WireItem;
}

const NONE: Reason = { Code: "None" };
const MOST_BYTES = 4 * 1024 * 1024;
/** A transaction reads or writes every item twice: to prepare and to commit. */
export const TRANSACTION_FACTOR = 2;

export const failedCondition = (item: Item | undefined): Reason => ({
  Code: "ConditionalCheckFailed",
  Message: "The conditional request failed",
  ...(item !== undefined && { Item: wireItem(item) }),
});

/** Does `work`, and makes a reason of the ValidationException that it may throw. */
export function reasonOf(work: () => void): Reason | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError && error.name === "ValidationException") {
      return { Code: "ValidationError", Message: error.message };
    }
    throw error;
  }
}

/** @throws AwsError TransactionCanceledException, when there is any reason */
export function cancelFor(reasons: readonly (Reason | undefined)[]): void {
  if (reasons.some((reason) => reason !== undefined)) {
    throw transactionCanceled(reasons.map((reason) => reason ?? NONE));
  }
}

/**
 * What of a transaction does not fit its table is found before any item is looked at, and the first of it is told alone.
 * @throws AwsError TransactionCanceledException, when there is any reason
 */
export function cancelForFirst(reasons: readonly (Reason | undefined)[]): void {
  const first = reasons.findIndex((reason) => reason !== undefined);
  cancelFor(reasons.map((reason, i) => (i === first ? reason : undefined)));
}

/** @throws AwsError ValidationException */
export function checkDistinct(places: readonly (Buffer | undefined)[]): void {
  const seen = new Set<string>();
  for (const place of places) {
    if (place === undefined) continue;
    checkUnseen(place, seen, "Transaction request cannot include multiple operations on one item");
  }
}

/** A name is a table of the caller's account. @throws AwsError ValidationException */
export function checkOneAccount({ principal }: Pick<Context, "principal">, tables: readonly string[]): void {
  const accounts = new Set(tables.map((nameOrArn) => accountOfTable(nameOrArn) ?? principal.account));
  if (accounts.size > 1) throw validationError("The tables of a transaction cannot be of more than one account");
}

/**
 * What the actions of a request carry, whatever there is of their items. AWS documents 4 MB as the size of the items.
 * @throws AwsError ValidationException
 */
export function checkPayload(sizes: readonly number[]): void {
  let bytes = 0;
  for (const size of sizes) {
    bytes += size;
    if (bytes > MOST_BYTES) {
      throw validationError(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
    }
  }
}

/** What has been read. @throws AwsError ValidationException */
export function checkResponse(bytes: number): void {
  if (bytes > MOST_BYTES) throw validationError("Payload in response is too large.");
}

/** Units by table, in the order in which the tables were first met; of what kind they are is said for transactions. */
export class TableUnits {
  readonly #units = new Map<string, Units>();

  of(tableName: string): Units {
    const units = this.#units.get(tableName) ?? noUnits();
    this.#units.set(tableName, units);
    return units;
  }

  consumed(
    wanted: string | undefined,
    kind?: "ReadCapacityUnits" | "WriteCapacityUnits",
  ): { ConsumedCapacity?: ConsumedCapacity[] } {
    const capacities = [...this.#units].flatMap(([name, units]) => consumed(wanted, name, units, kind) ?? []);
    return capacities.length > 0 ? { ConsumedCapacity: capacities } : {};
  }
}

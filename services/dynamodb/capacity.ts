import type { OutputOf } from "../../emulator/model/sdk.ts";
import type { Index } from "./model.ts";

export type ConsumedCapacity = NonNullable<OutputOf<"dynamodb", "PutItem">["ConsumedCapacity"]>;
export type Wanted = string | undefined;

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** Read units of `bytes` read together: half of them where the read may be eventually consistent. */
export const readUnits = (bytes: number, consistent: boolean | undefined): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent === true ? 1 : 0.5);

export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

/** Capacity units that a write took: of the table, and of each index that it changed. */
export interface WriteUnits {
  readonly table: number;
  readonly indexes: ReadonlyMap<Index, number>;
}

/** Units of one request, by the table and each of its indexes. */
export interface Units {
  table: number;
  local: Map<string, number>;
  global: Map<string, number>;
}

export const noUnits = (): Units => ({ table: 0, local: new Map(), global: new Map() });

export const totalUnits = ({ table, local, global }: Units): number =>
  [...local.values(), ...global.values()].reduce((sum, of) => sum + of, table);

export function addWrite(units: Units, written: WriteUnits, factor = 1): Units {
  units.table += written.table * factor;
  for (const [index, taken] of written.indexes) {
    const of = units[index.kind];
    of.set(index.name, (of.get(index.name) ?? 0) + taken * factor);
  }
  return units;
}

export function addUnits(units: Units, more: Units): void {
  units.table += more.table;
  for (const kind of ["local", "global"] as const) {
    for (const [name, taken] of more[kind]) units[kind].set(name, (units[kind].get(name) ?? 0) + taken);
  }
}

/**
 * ConsumedCapacity as the answer gives it: undefined unless asked for; by table and index when asked for INDEXES.
 * Transactions name the units after their kind as well.
 */
export function consumed(
  wanted: Wanted,
  tableName: string,
  units: Units,
  transaction?: "ReadCapacityUnits" | "WriteCapacityUnits",
): ConsumedCapacity | undefined {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return undefined;
  const capacity = (of: number) => ({ CapacityUnits: of, ...(transaction !== undefined && { [transaction]: of }) });
  const total = totalUnits(units);
  const byName = (of: Map<string, number>) => Object.fromEntries([...of].map(([name, n]) => [name, capacity(n)]));
  return {
    TableName: tableName,
    ...capacity(total),
    ...(wanted === "INDEXES" && {
      Table: capacity(units.table),
      ...(units.local.size > 0 && { LocalSecondaryIndexes: byName(units.local) }),
      ...(units.global.size > 0 && { GlobalSecondaryIndexes: byName(units.global) }),
    }),
  };
}

/** Nothing but units of the table itself: most requests are like this. */
function consumedByTable(wanted: Wanted, TableName: string, units: number): ConsumedCapacity | undefined {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return undefined;
  if (wanted === "TOTAL") return { TableName, CapacityUnits: units };
  return { TableName, CapacityUnits: units, Table: { CapacityUnits: units } };
}

/** ConsumedCapacity of a single write. */
export const consumedByWrite = (wanted: Wanted, tableName: string, written: WriteUnits): ConsumedCapacity | undefined =>
  written.indexes.size === 0
    ? consumedByTable(wanted, tableName, written.table)
    : consumed(wanted, tableName, addWrite(noUnits(), written));

/** ConsumedCapacity of reads from the table itself. */
export const consumedByRead = consumedByTable;

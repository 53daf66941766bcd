import type { AttributeValue, Item } from "./attribute-value.ts";
import { numberSizeBytes } from "./number.ts";

const DOCUMENT_OVERHEAD_BYTES = 3;
const ELEMENT_OVERHEAD_BYTES = 1;

/**
 * Bytes that DynamoDB counts for an item: attribute names and values. 400 KB is the limit, 1 KB a write unit, 4 KB a read unit.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) size += Buffer.byteLength(name) + valueSizeBytes(item[name]!);
  return size;
}

export function valueSizeBytes(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSizeBytes(value.N);
  if ("B" in value) return binarySizeBytes(value.B);
  if ("BOOL" in value || "NULL" in value) return 1;
  if ("SS" in value) return sum(value.SS, (member) => Buffer.byteLength(member));
  if ("NS" in value) return sum(value.NS, numberSizeBytes);
  if ("BS" in value) return sum(value.BS, binarySizeBytes);
  if ("L" in value) {
    return DOCUMENT_OVERHEAD_BYTES + sum(value.L, (element) => ELEMENT_OVERHEAD_BYTES + valueSizeBytes(element));
  }
  return DOCUMENT_OVERHEAD_BYTES + Object.keys(value.M).length * ELEMENT_OVERHEAD_BYTES + itemSizeBytes(value.M);
}

const binarySizeBytes = (base64: string): number => Buffer.byteLength(base64, "base64");

function sum<T>(elements: readonly T[], size: (element: T) => number): number {
  let total = 0;
  for (const element of elements) total += size(element);
  return total;
}

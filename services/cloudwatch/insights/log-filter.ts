import type { FieldReader } from "./log-fields.ts";

/** What one filter of a rule says of an event. */
export type LogFilter = (fields: FieldReader) => boolean;

const MOST_VALUES = 10;

type Reader = (field: string, operand: unknown) => LogFilter | undefined;

const isTexts = (operand: unknown): operand is string[] =>
  Array.isArray(operand) &&
  operand.length > 0 &&
  operand.length <= MOST_VALUES &&
  operand.every((value) => typeof value === "string");

/** A field that an event has not is nothing of what is asked for. */
const ofTexts =
  (matches: (value: string, texts: readonly string[]) => boolean): Reader =>
  (field, operand) => {
    if (!isTexts(operand)) return undefined;
    return (fields) => {
      const value = fields(field);
      return value !== undefined && matches(String(value), operand);
    };
  };

const ofNumber =
  (matches: (value: number, number: number) => boolean): Reader =>
  (field, operand) => {
    if (typeof operand !== "number") return undefined;
    return (fields) => {
      const value = numberOf(fields(field));
      return value !== undefined && matches(value, operand);
    };
  };

/** By their names. A reader answers undefined for what the operator does not take. */
export const LOG_OPERATORS: Readonly<Record<string, Reader>> = {
  In: ofTexts((value, texts) => texts.includes(value)),
  NotIn: ofTexts((value, texts) => !texts.includes(value)),
  StartsWith: ofTexts((value, texts) => texts.some((text) => value.startsWith(text))),
  GreaterThan: ofNumber((value, number) => value > number),
  LessThan: ofNumber((value, number) => value < number),
  EqualTo: ofNumber((value, number) => value === number),
  NotEqualTo: ofNumber((value, number) => value !== number),
  IsPresent: (field, operand) => {
    if (typeof operand !== "boolean") return undefined;
    return (fields) => (fields(field) !== undefined) === operand;
  },
};

/** The number that a value is, also as text. */
export function numberOf(value: ReturnType<FieldReader>): number | undefined {
  if (typeof value === "boolean" || value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

import type { AttributeValue, Item } from "../attribute-value.ts";
export type { AttributeValue, Item } from "../attribute-value.ts";

/** The expression members of a request, as they came. */
export interface ExpressionInput {
  readonly ConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, object>> | undefined;
}

/** The expressions of one request, checked and bound to its names and values. */
export interface Expressions {
  readonly condition?: Condition;
  readonly filter?: Condition;
  readonly keyCondition?: KeyCondition;
  readonly projection?: Projection;
  readonly update?: Update;
}

export type PathElement = string | number;
/** A document path: an attribute name, then names of map entries and indexes of list elements. */
export type Path = readonly PathElement[];

export interface Condition {
  /** The condition on an item; undefined (no such item) is as an item without attributes. */
  matches(item: Item | undefined): boolean;
  /** Names of the top-level attributes that it reads (a FilterExpression must not name key attributes). */
  readonly attributes: ReadonlySet<string>;
}

export interface Projection {
  readonly paths: readonly Path[];
  readonly attributes: ReadonlySet<string>;
  /** The item with the projected paths only; list elements close up. */
  apply(item: Item): Item;
}

export interface Update {
  /** Top-level attributes that it writes: the service refuses those of the key. */
  readonly attributes: ReadonlySet<string>;
  /** The paths that it writes: `projectPaths(item, paths)` of the old and the new item are UPDATED_OLD and UPDATED_NEW. */
  readonly paths: readonly Path[];
  /**
   * The item after the update; `item` is left as it was. Every operand sees the old item. For a new item give its key attributes.
   * @throws AwsError ValidationException
   */
  apply(item: Item): Item;
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export type SortKeyCondition =
  | { readonly operator: "=" | "<" | "<=" | ">" | ">=" | "begins_with"; readonly value: AttributeValue }
  | { readonly operator: "BETWEEN"; readonly low: AttributeValue; readonly high: AttributeValue };

export interface KeyCondition {
  /**
   * Fits the condition to the key schema of a table or an index.
   * @throws AwsError ValidationException
   */
  resolve(schema: { readonly partition: KeyAttribute; readonly sort?: KeyAttribute | undefined }): {
    readonly partition: AttributeValue;
    readonly sort?: SortKeyCondition;
  };
}

/**
 * Parses (once for each text; a bounded cache), checks and binds all expressions of a request, in DynamoDB's order: names and
 * values, syntax, operands, then names and values that nothing uses.
 * @throws AwsError ValidationException
 */
export function bindExpressions(_input: ExpressionInput): Expressions {
  throw new Error("not there yet");
}

/** The item with only `paths` (ReturnValues UPDATED_OLD and UPDATED_NEW); undefined when none of them is there. */
export function projectPaths(_item: Item, _paths: readonly Path[]): Item | undefined {
  throw new Error("not there yet");
}

type Item = Readonly<Record<string, unknown>>;

/** The members of a request that name attributes. */
export interface AttributeSources {
  readonly Key?: Item | undefined;
  readonly Item?: Item | undefined;
  readonly Keys?: readonly Item[] | undefined;
  readonly AttributesToGet?: readonly string[] | undefined;
  readonly AttributeUpdates?: Item | undefined;
  readonly Expected?: Item | undefined;
  readonly KeyConditions?: Item | undefined;
  readonly QueryFilter?: Item | undefined;
  readonly ScanFilter?: Item | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

const KEYWORDS = new Set(["AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"]);

/** A name at the beginning of a path: no value, no member of a map, no function. */
const NAME = /(?<![\w:.#])(#?[A-Za-z_]\w*|#\w+)(?!\w*\s*\()/g;

/**
 * The top-level attributes that a request reads or writes: `dynamodb:Attributes`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function requestedAttributes(request: AttributeSources): string[] {
  const names = new Set<string>(request.AttributesToGet);
  for (const item of [
    request.Key,
    request.Item,
    ...(request.Keys ?? []),
    request.AttributeUpdates,
    request.Expected,
    request.KeyConditions,
    request.QueryFilter,
    request.ScanFilter,
  ]) {
    for (const name of Object.keys(item ?? {})) names.add(name);
  }
  for (const expression of [
    request.ProjectionExpression,
    request.UpdateExpression,
    request.ConditionExpression,
    request.FilterExpression,
    request.KeyConditionExpression,
  ]) {
    for (const [, name = ""] of (expression ?? "").matchAll(NAME)) {
      if (!KEYWORDS.has(name.toUpperCase()))
        names.add(name.startsWith("#") ? (request.ExpressionAttributeNames?.[name] ?? name) : name);
    }
  }
  return [...names];
}

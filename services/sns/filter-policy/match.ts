import { isObject, isScalar, type Rule, type Scalar } from "../../../emulator/event-pattern/rule.ts";
import type { Message, MessageAttribute } from "../model.ts";
import { type Alternative, type FilterPolicy, parseFilterPolicy, type Scope } from "./policy.ts";

/** The values of each name of a message; a message with lists of objects has several such views. */
type View = ReadonlyMap<string, readonly Scalar[]>;

/** Why a message is not for a subscription: the metric that counts it. */
export type Rejection =
  | "NoMessageAttributes"
  | "InvalidAttributes"
  | "MessageBody"
  | "InvalidMessageBody"
  | "MessageAttributes";

const parsed = new Map<string, FilterPolicy>();
const MOST_PARSED = 1_000;

function policyOf(text: string, scope: Scope): FilterPolicy {
  const key = `${scope} ${text}`;
  let policy = parsed.get(key);
  if (!policy) {
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(key, (policy = parseFilterPolicy(text, scope)));
  }
  return policy;
}

/**
 * Whether a message is for a subscription with this filter policy.
 * @returns undefined when it is, otherwise what kept it out
 */
export function rejection(
  message: Pick<Message, "attributes">,
  body: string,
  text: string,
  scope: Scope,
): Rejection | undefined {
  const policy = policyOf(text, scope);
  if (scope === "MessageAttributes") {
    const view = attributeView(message.attributes);
    if (view && policy.some((alternative) => passes(alternative, [view], scope))) return undefined;
    if (!view) return "InvalidAttributes";
    return Object.keys(message.attributes).length === 0 ? "NoMessageAttributes" : "MessageAttributes";
  }
  const views = bodyViews(body);
  if (!views) return "InvalidMessageBody";
  return policy.some((alternative) => passes(alternative, views, scope)) ? undefined : "MessageBody";
}

const passes = (alternative: Alternative, views: readonly View[], scope: Scope): boolean =>
  [...alternative].every(([name, rules]) =>
    rules.some((rule) => views.some((view) => fits(rule, view.get(name), scope))),
  );

/**
 * One value of a list is enough; of a String.Array, anything-but wants all of them.
 * @see https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
 */
function fits(rule: Rule, values: readonly Scalar[] | undefined, scope: Scope): boolean {
  if (rule.kind === "exists") return (values !== undefined) === rule.isThere;
  if (rule.kind === "anything-but" && scope === "MessageAttributes") return values?.every(rule.holds) ?? false;
  return values?.some(rule.holds) ?? false;
}

/** Attributes as their types say; Binary ones cannot be filtered by. Undefined when a String.Array is no list. */
function attributeView(attributes: Message["attributes"]): View | undefined {
  const view = new Map<string, Scalar[]>();
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.type.startsWith("Binary")) continue;
    const values = attributeValues(attribute);
    if (!values) return undefined;
    view.set(name, values);
  }
  return view;
}

function attributeValues({ type, value }: MessageAttribute): Scalar[] | undefined {
  if (type === "Number" || type.startsWith("Number.")) return [Number(value)];
  if (type !== "String.Array") return [value];
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list.filter(isScalar);
  } catch {
    // no list
  }
  return undefined;
}

/** Undefined when the body is no JSON object. */
function bodyViews(body: string): View[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? flatten(value, "", [new Map<string, Scalar[]>()]) : undefined;
  } catch {
    return undefined;
  }
}

/** A message is not matched against more views than this: lists within lists multiply. */
const MOST_VIEWS = 10_000;

/** `{a: {b: 1}}` is `a.b` = 1; each object of a list is a view of its own. */
function flatten(value: unknown, path: string, views: Map<string, Scalar[]>[]): Map<string, Scalar[]>[] {
  if (isObject(value)) {
    return Object.entries(value).reduce(
      (all, [key, inner]) => flatten(inner, path === "" ? key : `${path}.${key}`, all),
      views,
    );
  }
  if (Array.isArray(value)) {
    const objects = value.filter(isObject);
    const scalars = value.filter(isScalar);
    const withScalars = scalars.length === 0 ? views : views.map((view) => new Map([...view, [path, scalars]]));
    if (objects.length === 0) return withScalars;
    return objects.flatMap((each) => flatten(each, path, withScalars)).slice(0, MOST_VIEWS);
  }
  return views.map((view) => new Map([...view, [path, [value as Scalar]]]));
}

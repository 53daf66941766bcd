import type { Op, PatchOperation } from "@aws-sdk/client-api-gateway";
import type { AwsError } from "../../emulator/model/errors.ts";
import { badRequest } from "./errors.ts";
import { own } from "./own.ts";

/** One patch operation, matched to a rule. */
export interface Patch {
  readonly op: Op;
  readonly value: string | undefined;
  /** What stands for the `{placeholders}` of the rule's path, unescaped. */
  readonly keys: readonly string[];
}

/** What one path of a resource takes. */
export interface PatchRule<T> {
  /** `/requestModels/{contentType}` */
  readonly path: string;
  readonly ops: readonly Op[];
  apply(target: T, patch: Patch): T;
}

/** How a resource words what it does not take: API Gateway's resources have several ways. */
export type PatchErrors =
  /** Names the path, or the operations that it takes. */
  | "plain"
  /** Names the path, whichever of the two is wrong. */
  | "path only"
  /** Names all paths that the operation takes. */
  | "listed"
  | ((path: string) => AwsError);

/** New values of some members; an undefined one takes the member away. */
type Settings<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A rule that replaces one setting. */
export const replaces = <T>(
  path: string,
  set: (value: string, target: NoInfer<T>) => Settings<NoInfer<T>>,
): PatchRule<T> => ({
  path,
  ops: ["replace"],
  apply: (target, { value }) => ({ ...target, ...set(value ?? "", target) }),
});

/** A rule for the entries of a map: added, replaced (there must be one) and removed (there must be one). */
export const entries = <T, V>(
  path: string,
  get: (target: T) => Readonly<Record<string, V>> | undefined,
  set: (target: T, map: Record<string, V>) => T,
  parse: (value: string | undefined, key: string) => V,
  missing: () => AwsError,
): PatchRule<T> => ({
  path: `${path}/{key}`,
  ops: ["add", "replace", "remove"],
  apply(target, { op, value, keys: [key = ""] }) {
    const { [key]: _before, ...others } = get(target) ?? {};
    if (op !== "add" && own(get(target), key) === undefined) throw missing();
    return set(target, op === "remove" ? others : { ...others, [key]: parse(value, key) });
  },
});

/** AWS reads everything but `true` as false. */
export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === "true";

/** An empty text takes a setting away. */
export const orUndefined = (value: string): string | undefined => (value === "" ? undefined : value);

/** A copy without the members that are undefined: nothing undefined is kept. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

/**
 * Applies patch operations in order, or none of them.
 * @throws BadRequestException for a path or operation that the resource does not take
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
export function applyPatches<T extends object>(
  target: T,
  operations: readonly PatchOperation[] | undefined,
  rules: readonly PatchRule<T>[],
  errors: PatchErrors,
): T {
  let result = target;
  for (const { op = "replace", path, value } of operations ?? []) {
    const { rule, keys } = findRule(rules, op, path, errors);
    result = compact(rule.apply(result, { op, value, keys }));
  }
  return result;
}

function findRule<T>(
  rules: readonly PatchRule<T>[],
  op: Op,
  path: string | undefined,
  errors: PatchErrors,
): { rule: PatchRule<T>; keys: string[] } {
  const candidates = rules.flatMap((rule) => {
    const keys = path === undefined ? undefined : match(rule.path, path);
    return keys ? [{ rule, keys }] : [];
  });
  const found = candidates.find(({ rule }) => rule.ops.includes(op));
  if (found) return found;
  if (errors === "listed") throw notListed(rules, op, path ?? "");
  const ops = errors !== "plain" ? [] : candidates.flatMap(({ rule }) => rule.ops);
  if (ops.length === 0) {
    throw typeof errors === "function" ? errors(path ?? "") : badRequest(`Invalid patch path ${path ?? "null"}`);
  }
  throw badRequest(`Invalid patch operation specified. Must be one of: [${ops.join(", ")}]`);
}

function notListed<T>(rules: readonly PatchRule<T>[], op: Op, path: string): AwsError {
  const paths = rules.filter((rule) => rule.ops.includes(op)).map((rule) => rule.path);
  const advice = paths.length > 0 ? `Must be one of: [${paths.join(", ")}]` : "Please choose supported operations";
  return badRequest(`Invalid patch path  '${path}' specified for op '${op}'. ${advice}`);
}

/** The texts in the place of a pattern's placeholders; undefined: the path is another. */
function match(pattern: string, path: string): string[] | undefined {
  const expected = pattern.split("/");
  const given = path.split("/");
  if (expected.length !== given.length) return undefined;
  const keys: string[] = [];
  for (const [index, part] of expected.entries()) {
    const text = given[index] ?? "";
    if (/^[{<]/.test(part)) keys.push(unescape(text));
    else if (part !== text) return undefined;
  }
  return keys;
}

/** A segment of a JSON pointer. */
const unescape = (segment: string): string => segment.replaceAll("~1", "/").replaceAll("~0", "~");

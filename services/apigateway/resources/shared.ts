import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import { type ProviderContext, type Tag, tagChanges } from "../../cloudformation/provider.ts";

/** Codes of errors that mean that something is gone already. */
export const GONE = "NotFoundException";

type Scalar = string | number | boolean;

/** A patch operation that replaces a setting; nothing takes it away. */
export const replace = (path: string, value: Scalar | undefined): PatchOperation => ({
  op: "replace",
  path,
  value: value === undefined ? "" : String(value),
});

/** A segment of a patch operation's path. */
export const escaped = (segment: string): string => segment.replaceAll("~", "~0").replaceAll("/", "~1");

/** Replaces the settings that differ: path -> value. */
export const changed = (
  before: Readonly<Record<string, Scalar | undefined>>,
  after: Readonly<Record<string, Scalar | undefined>>,
): PatchOperation[] =>
  Object.keys(after)
    .filter((path) => before[path] !== after[path])
    .map((path) => replace(path, after[path]));

/** The ARN of what is at a path. */
export const arnOf = ({ region }: { readonly region: string }, path: string): string =>
  `arn:aws:apigateway:${region}::/${path}`;

/** Sets the tags of `after` in the place of those of `before`. `path` is the ARN's, behind its `/`. */
export async function setTags(
  ctx: ProviderContext,
  path: string,
  before: readonly Tag[] | undefined,
  after: readonly Tag[] | undefined,
): Promise<void> {
  const resourceArn = arnOf(ctx, path);
  const { set, removed } = tagChanges(before, after);
  if (removed.length > 0) await ctx.call("apigateway", "UntagResource", { resourceArn, tagKeys: removed });
  if (Object.keys(set).length > 0) await ctx.call("apigateway", "TagResource", { resourceArn, tags: set });
}

/** An object without its undefined members, as the calls want them. */
export const given = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

import type { Placed } from "../../emulator/model/service.ts";
import { parseReference } from "./arn.ts";
import { functionNotFound, invalidParameter, notFound } from "./errors.ts";
import type { LambdaState } from "./index.ts";
import { checkTagCount } from "./settings.ts";

type Tags = Readonly<Record<string, string>>;

export interface TaggedResource {
  readonly tags: Tags;
  put(tags: Tags): void;
}

const MAPPING_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:event-source-mapping:(.+)$/;

/** What a tag operation's ARN names: a function or an event source mapping. @throws ResourceNotFoundException */
export function requireTagged(ctx: Placed<LambdaState>, arn: string): TaggedResource {
  const uuid = MAPPING_ARN.exec(arn)?.[1];
  if (uuid !== undefined) return taggedMapping(ctx, arn, uuid);
  const { store } = ctx;
  const { name, qualifier } = parseReference(store.scope, arn);
  if (qualifier !== undefined) {
    throw invalidParameter("Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  const entry = store.entry(name);
  if (!entry) throw functionNotFound(arn);
  return {
    tags: entry.tags,
    put: (tags) => {
      checkTagCount(tags);
      store.putEntry(name, { ...entry, tags });
    },
  };
}

function taggedMapping(ctx: Placed<LambdaState>, arn: string, uuid: string): TaggedResource {
  const mappings = ctx.engine.mappings.store;
  const mapping = mappings.get(ctx.account, ctx.region, uuid);
  if (!mapping) throw notFound(`Event source mapping not found: ${arn}`);
  return {
    tags: mapping.tags,
    put: (tags) => {
      checkTagCount(tags);
      mappings.put({ ...mapping, tags: { ...tags } });
    },
  };
}

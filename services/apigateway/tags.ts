import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { badRequest, notFound } from "./errors.ts";
import { requireKey, requirePlan, requireStage } from "./lookup.ts";
import type { ApiGatewayStore } from "./store.ts";

type Tags = Readonly<Record<string, string>>;

const MOST_TAGS = 50;

/** @throws BadRequestException */
export function checkTags(tags: Tags): Record<string, string> {
  checkCount(tags);
  refuseSystemTags(Object.keys(tags));
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) throw badRequest("Tag keys must have 1 to 128 characters");
    if (value.length > 256) throw badRequest("Tag values must have at most 256 characters");
  }
  return { ...tags };
}

function checkCount(tags: Tags): Tags {
  if (userTagCount(Object.keys(tags)) > MOST_TAGS) throw badRequest(`The number of tags cannot exceed ${MOST_TAGS}`);
  return tags;
}

/** @throws BadRequestException */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw badRequest("Tag keys must not begin with aws:");
}

export interface TaggedResource {
  readonly tags: Tags;
  put(tags: Tags): void;
}

const ARN = /^arn:aws:apigateway:([^:]*)::\/(.*)$/;

/** What an ARN names: an API, a stage, a key or a usage plan. @throws NotFoundException, BadRequestException */
export function requireTagged(store: ApiGatewayStore, arn: string): TaggedResource {
  const match = ARN.exec(arn);
  if (!match || match[1] !== store.scope.region) throw badRequest("Invalid ARN specified in the request");
  const [kind, id = "", part, name = ""] = (match[2] ?? "").split("/");
  if (kind === "restapis" && part === undefined) {
    const api = store.api(id);
    return { tags: api.tags, put: (tags) => store.putApi({ ...api, tags: checkCount(tags) }) };
  }
  if (kind === "restapis" && part === "stages") {
    const stage = requireStage(store, id, name);
    return { tags: stage.tags, put: (tags) => store.putStage({ ...stage, tags: checkCount(tags) }) };
  }
  if (kind === "apikeys") {
    const key = requireKey(store, id);
    return { tags: key.tags, put: (tags) => store.putKey({ ...key, tags: checkCount(tags) }) };
  }
  if (kind === "usageplans") {
    const plan = requirePlan(store, id);
    return { tags: plan.tags, put: (tags) => store.putPlan({ ...plan, tags: checkCount(tags) }) };
  }
  throw notFound("Invalid resource ARN specified");
}

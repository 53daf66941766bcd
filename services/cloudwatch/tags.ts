import type { Placed } from "../../emulator/model/service.ts";
import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { invalidValue, resourceNotFound, tooManyTags } from "./errors.ts";
import type { CloudWatchState } from "./index.ts";

const MOST_TAGS = 50;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

type Tags = Readonly<Record<string, string>>;

export const tagMap = (tags: readonly Tag[] = []): Tags => withTags({}, tags);

/** @throws InvalidParameterValue */
export function withTags(present: Tags, added: readonly Tag[]): Tags {
  refuseSystemTags(added.map(({ Key }) => Key));
  const merged = { ...present, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (userTagCount(Object.keys(merged)) > MOST_TAGS) throw tooManyTags();
  return merged;
}

/** @throws InvalidParameterValue */
export function refuseSystemTags(keys: readonly string[]): void {
  if (keys.some(isSystemTag)) throw invalidValue("Tag keys that begin with aws: are reserved.");
}

const ALARM = /^arn:aws[\w-]*:cloudwatch:[^:]+:\d{12}:alarm:(.+)$/;
const INSIGHT_RULE = /^arn:aws[\w-]*:cloudwatch:[^:]+:\d{12}:insight-rule\/(.+)$/;
const DASHBOARD = /^arn:aws[\w-]*:cloudwatch::\d{12}:dashboard\/(.+)$/;

/** The tags of an alarm, a dashboard or a rule of Contributor Insights, and how to change them. @throws ResourceNotFoundException, InvalidParameterValue */
export function taggedResource(
  ctx: Pick<Placed<CloudWatchState>, "store">,
  arn: string,
): { tags: Tags; set(tags: Tags): void } {
  const alarm = ctx.store.alarms.get(ALARM.exec(arn)?.[1] ?? "");
  if (alarm)
    return { tags: alarm.tags, set: (tags) => ctx.store.alarms.change(alarm.name, (now) => ({ ...now, tags })) };
  const dashboard = ctx.store.dashboard(DASHBOARD.exec(arn)?.[1] ?? "");
  if (dashboard) return { tags: dashboard.tags, set: (tags) => ctx.store.putDashboard({ ...dashboard, tags }) };
  const rule = ctx.store.ownRules.get(INSIGHT_RULE.exec(arn)?.[1] ?? "");
  if (rule) return { tags: rule.tags, set: (tags) => ctx.store.ownRules.put({ ...rule, tags }) };
  if (!arn.startsWith("arn:")) throw invalidValue(`The value ${arn} for parameter ResourceARN is invalid.`);
  throw resourceNotFound(arn);
}

import { unsupported } from "../../emulator/model/errors.ts";
import { invalidArgumentValue } from "./errors.ts";

/** What happens here, without the `s3:` that configurations put before it. */
export const EVENT_NAMES = [
  "ObjectCreated:Put",
  "ObjectCreated:Post",
  "ObjectCreated:Copy",
  "ObjectCreated:CompleteMultipartUpload",
  "ObjectRemoved:Delete",
  "ObjectRemoved:DeleteMarkerCreated",
  "ObjectTagging:Put",
  "ObjectTagging:Delete",
  "ObjectAcl:Put",
  "ObjectRestore:Post",
  "ObjectRestore:Completed",
  "ObjectRestore:Delete",
  "LifecycleExpiration:Delete",
  "LifecycleExpiration:DeleteMarkerCreated",
  "LifecycleTransition",
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** Names that stand for several. */
const OTHERS = ["ObjectCreated:*", "ObjectRemoved:*", "ObjectTagging:*", "ObjectRestore:*", "LifecycleExpiration:*"];
/** Events that nothing brings about here: of replication and tiers. */
const NEVER = /^s3:(ReducedRedundancyLostObject|Replication:.+|IntelligentTiering)$/;

/** @throws AwsError InvalidArgument, NotImplemented */
export function checkEventName(event: string): void {
  if (NEVER.test(event)) throw unsupported(`The event ${event}`);
  const name = event.replace(/^s3:/, "");
  if (!event.startsWith("s3:") || !([...EVENT_NAMES, ...OTHERS] as readonly string[]).includes(name)) {
    throw invalidArgumentValue("A specified event is not supported for notifications.");
  }
}

/** Whether a configuration's event, such as s3:ObjectCreated:*, stands for what happened. */
export const standsFor = (event: string, name: EventName): boolean =>
  event === `s3:${name}` || (event.endsWith(":*") && `s3:${name}`.startsWith(event.slice(0, -1)));

/** Whether two events of configurations have one in common. */
export const overlap = (one: string, other: string): boolean =>
  EVENT_NAMES.some((name) => standsFor(one, name) && standsFor(other, name)) || one === other;

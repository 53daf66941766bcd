import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { unsupported } from "../../emulator/model/errors.ts";
import { invalidArgument, invalidArgumentValue, malformedXml } from "./errors.ts";
import { checkEventName, overlap } from "./notification-events.ts";

/** Whom a bucket tells of which events. */
export interface Notification {
  readonly id: string;
  readonly kind: "lambda" | "queue" | "topic";
  readonly arn: string;
  /** For example s3:ObjectCreated:*. */
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

const LONGEST_FILTER_VALUE = 1024;

/** @throws AwsError InvalidArgument, MalformedXML, NotImplemented for EventBridge */
export function checkNotifications(given: NotificationConfiguration | undefined, ids: Ids): Notification[] {
  if (!given) throw malformedXml();
  if (given.EventBridgeConfiguration) throw unsupported("The notification of EventBridge");
  const notifications = [
    ...(given.LambdaFunctionConfigurations ?? []).map((one) => notification("lambda", one.LambdaFunctionArn, one, ids)),
    ...(given.QueueConfigurations ?? []).map((one) => notification("queue", one.QueueArn, one, ids)),
    ...(given.TopicConfigurations ?? []).map((one) => notification("topic", one.TopicArn, one, ids)),
  ];
  if (new Set(notifications.map(({ id }) => id)).size < notifications.length) {
    throw invalidArgumentValue("Same ID used for multiple configurations. IDs must be unique");
  }
  notifications.forEach((one, index) => {
    if (notifications.slice(index + 1).some((other) => sharesEvents(one, other))) {
      throw invalidArgumentValue(
        "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
      );
    }
  });
  return notifications;
}

interface Given {
  readonly Id?: string | undefined;
  readonly Events?: readonly string[] | undefined;
  readonly Filter?: { readonly Key?: KeyFilter | undefined } | undefined;
}

type KeyFilter = { readonly FilterRules?: readonly { readonly Name?: string; readonly Value?: string }[] };

/** Of each kind of destination: the service in its ARNs, and the name of the ARN's element in documents. */
const KINDS = {
  lambda: { service: "lambda", element: "CloudFunction" },
  queue: { service: "sqs", element: "Queue" },
  topic: { service: "sns", element: "Topic" },
} as const;

function notification(
  kind: Notification["kind"],
  arn: string | undefined,
  { Id, Events: events = [], Filter }: Given,
  ids: Ids,
): Notification {
  if (arn === undefined || events.length === 0) throw malformedXml();
  const { service, element } = KINDS[kind];
  if (arn.split(":").length < 6 || arn.split(":")[2] !== service) {
    throw invalidArgument("The ARN could not be parsed", element, arn);
  }
  if (arn.endsWith(".fifo")) throw invalidArgumentValue("FIFO queues and topics are not supported for notifications.");
  events.forEach(checkEventName);
  return { id: Id === undefined || Id === "" ? ids.uuid() : Id, kind, arn, events, ...keyFilter(Filter?.Key) };
}

function keyFilter(filter: KeyFilter | undefined): { prefix?: string; suffix?: string } {
  const found: { prefix?: string; suffix?: string } = {};
  for (const { Name, Value } of filter?.FilterRules ?? []) {
    if (Name === undefined || Value === undefined) throw malformedXml();
    const name = Name.toLowerCase();
    if (name !== "prefix" && name !== "suffix") {
      throw invalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", Name);
    }
    if (found[name] !== undefined) throw invalidArgumentValue(`Cannot specify more than one ${name} rule in a filter.`);
    if (Value.length > LONGEST_FILTER_VALUE)
      throw invalidArgumentValue("Size of filter rule value cannot exceed 1024 bytes");
    found[name] = Value;
  }
  return found;
}

/** Whether one object's event could be for both of them. */
function sharesEvents(one: Notification, other: Notification): boolean {
  if (!one.events.some((event) => other.events.some((second) => overlap(event, second)))) return false;
  const [prefix, otherPrefix] = [one.prefix ?? "", other.prefix ?? ""];
  const [suffix, otherSuffix] = [one.suffix ?? "", other.suffix ?? ""];
  const prefixes = prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix);
  return prefixes && (suffix.endsWith(otherSuffix) || otherSuffix.endsWith(suffix));
}

/** The configuration as it is read back. */
export function notificationConfiguration(notifications: readonly Notification[]): NotificationConfiguration {
  const shared = ({ id, events, prefix, suffix }: Notification) => ({
    Id: id,
    Events: [...events] as never[],
    ...((prefix ?? suffix) !== undefined && {
      Filter: {
        Key: {
          FilterRules: [
            ...(prefix === undefined ? [] : [{ Name: "Prefix" as never, Value: prefix }]),
            ...(suffix === undefined ? [] : [{ Name: "Suffix" as never, Value: suffix }]),
          ],
        },
      },
    }),
  });
  const of = (kind: Notification["kind"]) => notifications.filter((one) => one.kind === kind);
  const [lambdas, queues, topics] = [of("lambda"), of("queue"), of("topic")];
  return {
    ...(lambdas.length > 0 && {
      LambdaFunctionConfigurations: lambdas.map((one) => ({ ...shared(one), LambdaFunctionArn: one.arn })),
    }),
    ...(queues.length > 0 && { QueueConfigurations: queues.map((one) => ({ ...shared(one), QueueArn: one.arn })) }),
    ...(topics.length > 0 && { TopicConfigurations: topics.map((one) => ({ ...shared(one), TopicArn: one.arn })) }),
  };
}

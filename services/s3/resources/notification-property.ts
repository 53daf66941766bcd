import type { InputOf } from "../../../emulator/model/sdk.ts";
import { list, object, refused, required, text, type Values } from "../../cloudformation/properties.ts";

const rules = required(object({ Rules: required(list(object({ Name: required(text()), Value: required(text()) }))) }));

const filter = object({ S3Key: rules });

const members = {
  LambdaConfigurations: list(object({ Event: required(text()), Function: required(text()), Filter: filter })),
  QueueConfigurations: list(object({ Event: required(text()), Queue: required(text()), Filter: filter })),
  TopicConfigurations: list(object({ Event: required(text()), Topic: required(text()), Filter: filter })),
  EventBridgeConfiguration: refused(),
} as const;

/** The property NotificationConfiguration of a bucket. */
export const notificationProperty = object(members);

type Configuration = InputOf<"s3", "PutBucketNotificationConfiguration">["NotificationConfiguration"];

interface Common {
  readonly Event: string;
  readonly Filter?: Values<{ S3Key: typeof rules }>;
}

/** S3 checks the names of events and filter rules. */
const common = ({ Event, Filter }: Common) => ({
  Events: [Event as "s3:ObjectCreated:*"],
  ...(Filter && {
    Filter: {
      Key: { FilterRules: Filter.S3Key.Rules.map(({ Name, Value }) => ({ Name: Name as "prefix", Value })) },
    },
  }),
});

/** The same as S3's API takes it; nothing for a bucket that tells nobody. */
export const notificationsOf = (given: Values<typeof members> = {}): Configuration => ({
  LambdaFunctionConfigurations: (given.LambdaConfigurations ?? []).map((one) => ({
    ...common(one),
    LambdaFunctionArn: one.Function,
  })),
  QueueConfigurations: (given.QueueConfigurations ?? []).map((one) => ({ ...common(one), QueueArn: one.Queue })),
  TopicConfigurations: (given.TopicConfigurations ?? []).map((one) => ({ ...common(one), TopicArn: one.Topic })),
});

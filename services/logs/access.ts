import type { AccessScope, AccessTable } from "../../emulator/model/access.ts";
import { groupArn, nameOfArn } from "./names.ts";

interface Named {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly logStreamName?: string | undefined;
}

/** A group stands for all of its streams: its ARN ends with the place of a stream's name. */
const place = ({ logGroupName, logGroupIdentifier, logStreamName }: Named, scope: AccessScope): string =>
  `${groupArn(scope, logGroupName ?? nameOfArn(logGroupIdentifier ?? ""))}:log-stream:${logStreamName ?? ""}`;

const group = ({ logGroupName, logGroupIdentifier }: Named, scope: AccessScope): string =>
  place({ logGroupName, logGroupIdentifier }, scope);

const resource = ({ resourceArn }: { readonly resourceArn: string }): string => resourceArn;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const access: AccessTable<"logs"> = {
  prefix: "logs",
  rules: {
    CreateLogGroup: group,
    CreateLogStream: place,
    DeleteLogGroup: group,
    DeleteLogStream: place,
    DeleteMetricFilter: group,
    DeleteRetentionPolicy: group,
    DeleteSubscriptionFilter: group,
    DescribeLogGroups: ({ logGroupNamePrefix }, scope) => place({ logGroupName: logGroupNamePrefix ?? "" }, scope),
    DescribeLogStreams: group,
    DescribeMetricFilters: group,
    DescribeSubscriptionFilters: group,
    FilterLogEvents: group,
    GetLogEvents: place,
    ListTagsForResource: resource,
    PutLogEvents: place,
    PutMetricFilter: group,
    PutRetentionPolicy: group,
    PutSubscriptionFilter: group,
    TagResource: resource,
    UntagResource: resource,
  },
};

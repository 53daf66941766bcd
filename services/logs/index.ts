import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { LogsEngine } from "./engine.ts";
import { nameOfArn } from "./names.ts";
import { createLogGroup } from "./operations/create-log-group.ts";
import { createLogStream } from "./operations/create-log-stream.ts";
import { deleteLogGroup } from "./operations/delete-log-group.ts";
import { deleteLogStream } from "./operations/delete-log-stream.ts";
import { deleteMetricFilter } from "./operations/delete-metric-filter.ts";
import { deleteRetentionPolicy } from "./operations/delete-retention-policy.ts";
import { deleteSubscriptionFilter } from "./operations/delete-subscription-filter.ts";
import { describeLogGroups } from "./operations/describe-log-groups.ts";
import { describeLogStreams } from "./operations/describe-log-streams.ts";
import { describeMetricFilters } from "./operations/describe-metric-filters.ts";
import { describeSubscriptionFilters } from "./operations/describe-subscription-filters.ts";
import { filterLogEvents } from "./operations/filter-log-events.ts";
import { getLogEvents } from "./operations/get-log-events.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { putMetricFilter } from "./operations/put-metric-filter.ts";
import { putRetentionPolicy } from "./operations/put-retention-policy.ts";
import { putSubscriptionFilter } from "./operations/put-subscription-filter.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { testMetricFilter } from "./operations/test-metric-filter.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { LogsStore } from "./store.ts";

export interface LogsState {
  store: LogsStore;
  engine: LogsEngine;
}

export type Operation<N extends OperationName<"logs">> = ServiceOperation<"logs", N, LogsState>;

export const logs = defineService<"logs", LogsState>({
  name: "logs",
  protocol: "json",
  target: "Logs_20140328",
  sdk,
  constraints,
  validationError: { code: "InvalidParameterException", status: 400, hidesValues: true },
  access,
  putSystemTags: ({ store }, arn, tags) =>
    store.updateGroup(nameOfArn(arn), (group) => ({ ...group, tags: { ...group.tags, ...tags } })),
  store: (host, scope) => new LogsStore(host, scope),
  engine: (host) => new LogsEngine(host),
  refuses: {
    PutMetricFilter: ["applyOnTransformedLogs", "emitSystemFieldDimensions", "fieldSelectionCriteria"],
    PutSubscriptionFilter: ["applyOnTransformedLogs", "emitSystemFields", "fieldSelectionCriteria"],
  },
  operations: {
    CreateLogGroup: createLogGroup,
    CreateLogStream: createLogStream,
    DeleteLogGroup: deleteLogGroup,
    DeleteLogStream: deleteLogStream,
    DeleteMetricFilter: deleteMetricFilter,
    DeleteRetentionPolicy: deleteRetentionPolicy,
    DeleteSubscriptionFilter: deleteSubscriptionFilter,
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    DescribeMetricFilters: describeMetricFilters,
    DescribeSubscriptionFilters: describeSubscriptionFilters,
    FilterLogEvents: filterLogEvents,
    GetLogEvents: getLogEvents,
    ListTagsForResource: listTagsForResource,
    PutLogEvents: putLogEvents,
    PutMetricFilter: putMetricFilter,
    PutRetentionPolicy: putRetentionPolicy,
    PutSubscriptionFilter: putSubscriptionFilter,
    TagResource: tagResource,
    TestMetricFilter: testMetricFilter,
    UntagResource: untagResource,
  },
});

import { tagConditions, type Access, type AccessScope, type AccessTable } from "../../emulator/model/access.ts";
import { queueArn } from "./model.ts";
import { readTaskHandle } from "./move-tasks.ts";
import { parseQueueUrl } from "./queue-reference.ts";

const byUrl = ({ QueueUrl }: { readonly QueueUrl?: string }, scope: AccessScope): string => {
  const reference = QueueUrl === undefined ? undefined : parseQueueUrl(QueueUrl, scope);
  return reference ? queueArn({ ...scope, ...reference }) : "*";
};

const byName = (scope: AccessScope, name = "*", account = scope.account): string =>
  queueArn({ account, region: scope.region, name });

/** Batches need the permission of their single operation. */
const asSingle =
  (action: string) =>
  (input: { readonly QueueUrl?: string }, scope: AccessScope): Access[] => [{ action, resource: byUrl(input, scope) }];

function sourceOfTask(handle: string): string {
  try {
    return readTaskHandle(handle).sourceArn;
  } catch {
    return "*"; // the operation refuses it
  }
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const access: AccessTable<"sqs"> = {
  prefix: "sqs",
  denied: { code: "AccessDenied", status: 403 },
  rules: {
    AddPermission: byUrl,
    CancelMessageMoveTask: ({ TaskHandle }) => sourceOfTask(TaskHandle),
    ChangeMessageVisibility: byUrl,
    ChangeMessageVisibilityBatch: asSingle("sqs:ChangeMessageVisibility"),
    CreateQueue: ({ QueueName, tags }, scope) => {
      const resource = byName(scope, QueueName);
      const conditions = tagConditions(tags);
      const create = { action: "sqs:CreateQueue", resource, conditions };
      return Object.keys(tags ?? {}).length > 0 ? [create, { action: "sqs:TagQueue", resource, conditions }] : [create];
    },
    DeleteMessage: byUrl,
    DeleteMessageBatch: asSingle("sqs:DeleteMessage"),
    DeleteQueue: byUrl,
    GetQueueAttributes: byUrl,
    GetQueueUrl: ({ QueueName, QueueOwnerAWSAccountId }, scope) => byName(scope, QueueName, QueueOwnerAWSAccountId),
    ListDeadLetterSourceQueues: byUrl,
    ListMessageMoveTasks: ({ SourceArn }) => SourceArn,
    ListQueues: (_input, scope) => byName(scope, ""),
    ListQueueTags: byUrl,
    PurgeQueue: byUrl,
    ReceiveMessage: byUrl,
    RemovePermission: byUrl,
    SendMessage: byUrl,
    SendMessageBatch: asSingle("sqs:SendMessage"),
    SetQueueAttributes: byUrl,
    // moving is receiving, sending and deleting, for which the caller answers
    StartMessageMoveTask: ({ SourceArn, DestinationArn }) => [
      ...["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((name) => ({
        action: `sqs:${name}`,
        resource: SourceArn,
      })),
      ...(DestinationArn === undefined ? [] : [{ action: "sqs:SendMessage", resource: DestinationArn }]),
    ],
    TagQueue: (input, scope) => [
      { action: "sqs:TagQueue", resource: byUrl(input, scope), conditions: tagConditions(input.Tags) },
    ],
    UntagQueue: (input, scope) => [
      { action: "sqs:UntagQueue", resource: byUrl(input, scope), conditions: { "aws:TagKeys": input.TagKeys ?? [] } },
    ],
  },
};

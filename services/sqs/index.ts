import * as sdk from "@aws-sdk/client-sqs";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { SqsEngine } from "./engine.ts";
import { addPermission } from "./operations/add-permission.ts";
import { cancelMessageMoveTask } from "./operations/cancel-message-move-task.ts";
import { changeMessageVisibilityBatch } from "./operations/change-message-visibility-batch.ts";
import { changeMessageVisibility } from "./operations/change-message-visibility.ts";
import { createQueue } from "./operations/create-queue.ts";
import { deleteMessageBatch } from "./operations/delete-message-batch.ts";
import { deleteMessage } from "./operations/delete-message.ts";
import { deleteQueue } from "./operations/delete-queue.ts";
import { getQueueAttributes } from "./operations/get-queue-attributes.ts";
import { getQueueUrl } from "./operations/get-queue-url.ts";
import { listDeadLetterSourceQueues } from "./operations/list-dead-letter-source-queues.ts";
import { listMessageMoveTasks } from "./operations/list-message-move-tasks.ts";
import { listQueueTags } from "./operations/list-queue-tags.ts";
import { listQueues } from "./operations/list-queues.ts";
import { purgeQueue } from "./operations/purge-queue.ts";
import { receiveMessage } from "./operations/receive-message.ts";
import { removePermission } from "./operations/remove-permission.ts";
import { sendMessageBatch } from "./operations/send-message-batch.ts";
import { sendMessage } from "./operations/send-message.ts";
import { setQueueAttributes } from "./operations/set-queue-attributes.ts";
import { startMessageMoveTask } from "./operations/start-message-move-task.ts";
import { tagQueue } from "./operations/tag-queue.ts";
import { untagQueue } from "./operations/untag-queue.ts";
import { SqsStore } from "./store.ts";

export interface SqsState {
  store: SqsStore;
  engine: SqsEngine;
}

export type Operation<N extends OperationName<"sqs">> = ServiceOperation<"sqs", N, SqsState>;

/** Ten messages of a megabyte in a form, where each character may take three bytes, and the rest of the request. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export const sqs = defineService<"sqs", SqsState>({
  name: "sqs",
  protocol: "json",
  target: "AmazonSQS",
  jsonVersion: "1.0",
  errorEnvelope: () => ({ prefix: "com.amazonaws.sqs#" }),
  version: "2012-11-05",
  xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
  sdk,
  access,
  bodyLimitBytes: BODY_LIMIT_BYTES,
  store: (host, scope) => new SqsStore(host, scope),
  engine: (host) => new SqsEngine(host),
  resourcePolicy: ({ store }, arn) => store.findByArn(arn)?.attributes.Policy,
  operations: {
    AddPermission: addPermission,
    CancelMessageMoveTask: cancelMessageMoveTask,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    ChangeMessageVisibility: changeMessageVisibility,
    CreateQueue: createQueue,
    DeleteMessageBatch: deleteMessageBatch,
    DeleteMessage: deleteMessage,
    DeleteQueue: deleteQueue,
    GetQueueAttributes: getQueueAttributes,
    GetQueueUrl: getQueueUrl,
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
    ListMessageMoveTasks: listMessageMoveTasks,
    ListQueueTags: listQueueTags,
    ListQueues: listQueues,
    PurgeQueue: purgeQueue,
    ReceiveMessage: receiveMessage,
    RemovePermission: removePermission,
    SendMessageBatch: sendMessageBatch,
    SendMessage: sendMessage,
    SetQueueAttributes: setQueueAttributes,
    StartMessageMoveTask: startMessageMoveTask,
    TagQueue: tagQueue,
    UntagQueue: untagQueue,
  },
});

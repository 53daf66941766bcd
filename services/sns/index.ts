import * as sdk from "@aws-sdk/client-sns";
import type { Context } from "../../emulator/model/context.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation, type Service } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { DeliveryEngine } from "./delivery/engine.ts";
import { addPermission } from "./operations/add-permission.ts";
import { confirmSubscription } from "./operations/confirm-subscription.ts";
import { createTopic } from "./operations/create-topic.ts";
import { deleteTopic } from "./operations/delete-topic.ts";
import { getSubscriptionAttributes } from "./operations/get-subscription-attributes.ts";
import { getTopicAttributes } from "./operations/get-topic-attributes.ts";
import { listSubscriptions } from "./operations/list-subscriptions.ts";
import { listSubscriptionsByTopic } from "./operations/list-subscriptions-by-topic.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { listTopics } from "./operations/list-topics.ts";
import { publish } from "./operations/publish.ts";
import { publishBatch } from "./operations/publish-batch.ts";
import { removePermission } from "./operations/remove-permission.ts";
import { setSubscriptionAttributes } from "./operations/set-subscription-attributes.ts";
import { setTopicAttributes } from "./operations/set-topic-attributes.ts";
import { subscribe } from "./operations/subscribe.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { unsubscribe } from "./operations/unsubscribe.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { SnsStore } from "./store.ts";

export interface SnsState {
  store: SnsStore;
  engine: DeliveryEngine;
}

export type SnsContext = Context<SnsState>;
export type Operation<N extends OperationName<"sns">> = ServiceOperation<"sns", N, SnsState>;

export const sns: Service = defineService<"sns", SnsState>({
  name: "sns",
  protocol: "query",
  version: "2010-03-31",
  xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
  sdk,
  constraints,
  access,
  resourcePolicy: ({ store }, arn) => store.findTopic(arn)?.attributes.Policy,
  putSystemTags({ store }, arn, tags) {
    const topic = store.findTopic(arn);
    const given = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (topic) store.putTopic({ ...topic, tags: [...given, ...topic.tags.filter(({ Key }) => !(Key in tags))] });
  },
  store: (host, scope) => new SnsStore(host, scope),
  engine: (host) => new DeliveryEngine(host, () => sns),
  operations: {
    AddPermission: addPermission,
    ConfirmSubscription: confirmSubscription,
    CreateTopic: createTopic,
    DeleteTopic: deleteTopic,
    GetSubscriptionAttributes: getSubscriptionAttributes,
    GetTopicAttributes: getTopicAttributes,
    ListSubscriptions: listSubscriptions,
    ListSubscriptionsByTopic: listSubscriptionsByTopic,
    ListTagsForResource: listTagsForResource,
    ListTopics: listTopics,
    Publish: publish,
    PublishBatch: publishBatch,
    RemovePermission: removePermission,
    SetSubscriptionAttributes: setSubscriptionAttributes,
    SetTopicAttributes: setTopicAttributes,
    Subscribe: subscribe,
    TagResource: tagResource,
    Unsubscribe: unsubscribe,
    UntagResource: untagResource,
  },
});

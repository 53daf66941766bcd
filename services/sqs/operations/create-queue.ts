import { defaultsOf, mergeAttributes } from "../attributes.ts";
import { invalidParameter, missingParameter, queueDeletedRecently, queueExists } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { Queue } from "../model.ts";
import { queueUrl } from "../queue-reference.ts";
import { checkTags } from "../tags.ts";

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

/** The name tells the type: only the name of a FIFO queue ends with `.fifo`. */
function checkName(name: string, isFifo: boolean): void {
  if (!isFifo && !NAME.test(name)) {
    throw invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  if (isFifo && !(name.endsWith(".fifo") && name.length <= 80 && NAME.test(name.slice(0, -".fifo".length)))) {
    throw invalidParameter(
      "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
    );
  }
}

/**
 * Makes a queue; one that is there already with the same attributes is answered again.
 * @throws QueueNameExists, QueueDeletedRecently, InvalidAttributeName, InvalidAttributeValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export const createQueue: Operation<"CreateQueue"> = (ctx, input) => {
  const { store } = ctx;
  if (input.QueueName === undefined) throw missingParameter("QueueName");
  const given = { ...input.Attributes } as Record<string, string>;
  checkName(input.QueueName, given["FifoQueue"]?.toLowerCase() === "true");
  checkTags(input.tags ?? {});
  const now = ctx.clock.now();
  const blank: Queue = {
    account: ctx.account,
    region: ctx.region,
    name: input.QueueName,
    id: ctx.ids.hex(16),
    createdAt: now,
    modifiedAt: now,
    attributes: defaultsOf({ name: input.QueueName }),
    tags: { ...input.tags },
  };
  const queue: Queue = { ...blank, attributes: mergeAttributes(store, blank, given) };
  const existing = store.find(queue.name);
  if (existing) {
    const different = Object.keys(given).find((name) => valueOf(existing, name) !== valueOf(queue, name));
    if (different !== undefined) throw queueExists(different);
    return { QueueUrl: queueUrl(ctx, existing) };
  }
  if (store.isResting(queue.name)) throw queueDeletedRecently();
  store.put(queue);
  ctx.engine.armGauges();
  return { QueueUrl: queueUrl(ctx, queue) };
};

const valueOf = ({ attributes }: Queue, name: string): string | undefined =>
  (attributes as Readonly<Record<string, string>>)[name];

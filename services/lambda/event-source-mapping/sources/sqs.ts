import type { Call, Host } from "../../../../emulator/model/context.ts";
import { decideOfQueue } from "../delivery.ts";
import { functionOutlastsMessages, queueCannotBeRead, roleMayNot } from "../errors.ts";
import { lanesOfQueue } from "../lanes.ts";
import type { Mapping, SourceRecord } from "../model.ts";
import { QueueReader } from "../queue-reader.ts";
import { requireReadable } from "../role.ts";
import type { EventSource } from "../source.ts";
import { isFifoArn } from "../source-arn.ts";
import type { SourceScope } from "./stream.ts";

/** What the role of a function that reads a queue needs. */
const READING = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

/** A queue is read as one shard that never ends. */
const SHARD = "queue";

/** Where messages are hidden at all: within it they are still ours, whatever the queue says. */
const SHORTEST_VISIBILITY_MS = 1000;

const urlOfQueue = ({ endpoint }: Pick<Host, "endpoint">, arn: string): string => {
  const [, , , , account = "", name = ""] = arn.split(":");
  return `${endpoint}/${account}/${name}`;
};

/** An SQS queue. Messages that are not deleted come again when their visibility timeout ends; giving up is the queue's matter. */
export function sqsSource(scope: SourceScope): EventSource {
  const { host, call, mapping } = scope;
  const { eventSourceArn: arn } = mapping;
  const queueUrl = urlOfQueue(host, arn);
  const isFifo = isFifoArn(arn);
  const expired: EventSource["expired"] = async ({ records }, nowMs, attempts) => {
    const lentFor = ({ loan }: SourceRecord) => nowMs - (loan?.since ?? nowMs);
    if (attempts === 0 && records.every((record) => lentFor(record) < SHORTEST_VISIBILITY_MS)) return [];
    const { VisibilityTimeout } = await attributesOf(call, queueUrl).catch(() => ({ VisibilityTimeout: "Infinity" }));
    const visibleAgainMs = Number(VisibilityTimeout) * 1000;
    return records.filter((record) => lentFor(record) >= visibleAgainMs);
  };
  const isGone = ({ name }: Error) => name === "QueueDoesNotExist";
  return {
    isStream: false,
    keepsOrder: isFifo,
    topic: `sqs:${arn}`,
    needs: READING.map((operation) => ({ action: `sqs:${operation}`, resource: arn })),
    check: (timeoutSeconds) => checkQueue(host, call, mapping, { queueUrl, timeoutSeconds: timeoutSeconds() }),
    async describe() {
      const { CreatedTimestamp } = await attributesOf(call, queueUrl);
      return { createdAt: Number(CreatedTimestamp) * 1000 };
    },
    listShards: () => Promise.resolve([{ shardId: SHARD, parents: [], isClosed: false }]),
    latestIterator: () => Promise.resolve(undefined),
    open: (_shardId, place) => new QueueReader({ call, clock: host.clock, log: host.log, mapping, queueUrl }, place),
    lanes: () => lanesOfQueue(mapping.settings),
    decide: (part, outcome) => decideOfQueue(part, outcome, isFifo),
    expired,
    /** For as long as nobody else may receive one of them. */
    async canSettle(records, nowMs, failures, error) {
      if (isGone(error)) return false;
      const part = { records, retriesUsed: 0, invokeCount: 1 };
      return (await expired(part, nowMs, failures)).length < records.length;
    },
    batchInfo: () => ({}),
    isGone,
    problem: ({ message }) => message,
  };
}

async function attributesOf(call: Call, QueueUrl: string): Promise<Readonly<Record<string, string | undefined>>> {
  const { Attributes = {} } = await call("sqs", "GetQueueAttributes", {
    QueueUrl,
    AttributeNames: ["CreatedTimestamp", "VisibilityTimeout"],
  });
  return Attributes;
}

/**
 * Checks that a mapping can read its queue, and that a message stays hidden for as long as the function may take.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
async function checkQueue(
  host: Host,
  call: Call,
  mapping: Mapping,
  { queueUrl, timeoutSeconds }: { readonly queueUrl: string; readonly timeoutSeconds: number },
): Promise<void> {
  for (const operation of READING) {
    const needs = [{ action: `sqs:${operation}`, resource: mapping.eventSourceArn }];
    requireReadable(host, mapping, needs, () => roleMayNot(operation, "SQS"));
  }
  const attributes = await attributesOf(call, queueUrl).catch((error: Error) => {
    throw error.name === "QueueDoesNotExist" ? queueCannotBeRead(error.message) : error;
  });
  const visibilitySeconds = Number(attributes["VisibilityTimeout"]);
  if (visibilitySeconds < timeoutSeconds) throw functionOutlastsMessages(visibilitySeconds, timeoutSeconds);
}

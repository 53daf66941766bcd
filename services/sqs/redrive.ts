import { invalidValue } from "./errors.ts";
import { isFifo, queueArn, redrivePolicy } from "./model.ts";
import type { Queue } from "./model.ts";
import type { SqsStore } from "./store.ts";

const MOST_RECEIVES = 1_000;
const MOST_SOURCES = 10;

type Json = Readonly<Record<string, unknown>>;

function parseMap(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A RedrivePolicy in SQS's own form.
 * @throws InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export function readRedrivePolicy(store: SqsStore, queue: Queue, text: string): string {
  const invalid = (reason: string) => invalidValue(text, "RedrivePolicy", reason);
  const policy = parseMap(text);
  if (!policy) throw invalid("Redrive policy is not a valid JSON map.");
  const { deadLetterTargetArn, maxReceiveCount, ...others } = policy;
  if (deadLetterTargetArn === undefined) {
    throw invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (maxReceiveCount === undefined) {
    throw invalid("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw invalid(`Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].`);
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > MOST_RECEIVES) {
    throw invalid(
      `Invalid value for maxReceiveCount: ${JSON.stringify(maxReceiveCount)}, valid values are from 1 to ${MOST_RECEIVES} both inclusive.`,
    );
  }
  const arn = typeof deadLetterTargetArn === "string" ? deadLetterTargetArn : "";
  if (!/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/.test(arn)) throw invalid("Invalid value for deadLetterTargetArn.");
  const [, , , region, account] = arn.split(":");
  if (region !== queue.region) throw invalid("Dead-letter target region should be same as the source.");
  if (account !== queue.account) throw invalid("Dead-letter target owner should be same as the source.");
  const target = store.findByArn(arn);
  if (!target) throw invalid("Dead letter target does not exist.");
  // its messages would go round for ever
  if (arn === queueArn(queue)) throw invalid("Dead-letter target should be another queue than the source.");
  if (isFifo(target) !== isFifo(queue)) throw invalid("Dead-letter queue must be same type of queue as the source.");
  if (!allowsRedriveFrom(target, queueArn(queue))) {
    throw invalid("Dead-letter target does not allow redrive from this source queue.");
  }
  return JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: count });
}

/** A RedriveAllowPolicy in SQS's own form. @throws InvalidParameterValue */
export function readRedriveAllowPolicy(text: string): string {
  const invalid = (reason: string) => invalidValue(text, "RedriveAllowPolicy", reason);
  const policy = parseMap(text);
  if (!policy) throw invalid("Redrive allow policy is not a valid JSON map.");
  const { redrivePermission, sourceQueueArns, ...others } = policy;
  if (Object.keys(others).length > 0) {
    throw invalid("Only following attributes are supported: [redrivePermission, sourceQueueArns].");
  }
  if (redrivePermission !== "allowAll" && redrivePermission !== "denyAll" && redrivePermission !== "byQueue") {
    throw invalid("Amazon SQS only supports the following redrivePermission values: [allowAll, denyAll, byQueue].");
  }
  if (redrivePermission !== "byQueue") {
    if (sourceQueueArns !== undefined) {
      throw invalid("sourceQueueArns is only valid when redrivePermission is byQueue.");
    }
    return JSON.stringify({ redrivePermission });
  }
  const arns = Array.isArray(sourceQueueArns) ? (sourceQueueArns as unknown[]) : [];
  if (arns.length === 0 || arns.length > MOST_SOURCES || arns.some((arn) => typeof arn !== "string")) {
    throw invalid(`sourceQueueArns must hold between 1 and ${MOST_SOURCES} queue ARNs.`);
  }
  return JSON.stringify({ redrivePermission, sourceQueueArns: arns });
}

function allowsRedriveFrom({ attributes }: Queue, sourceArn: string): boolean {
  const policy = attributes.RedriveAllowPolicy === undefined ? undefined : parseMap(attributes.RedriveAllowPolicy);
  if (!policy || policy["redrivePermission"] === "allowAll") return true;
  return policy["redrivePermission"] === "byQueue" && (policy["sourceQueueArns"] as string[]).includes(sourceArn);
}

/** Where a queue's messages go when they were received too often; a queue that is gone takes none. */
export function deadLettersOf(store: SqsStore, queue: Queue): { queue: Queue; maxReceiveCount: number } | undefined {
  const policy = redrivePolicy(queue);
  const target = policy && store.findByArn(policy.deadLetterTargetArn);
  if (!target || !allowsRedriveFrom(target, queueArn(queue))) return undefined;
  return { queue: target, maxReceiveCount: policy.maxReceiveCount };
}

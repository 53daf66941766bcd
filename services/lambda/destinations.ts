import { ownerOf, type Call, type Host, type Principal } from "../../emulator/model/context.ts";
import { deliver, type Parcel as Message } from "../../emulator/model/deliver.ts";
import { unsupported } from "../../emulator/model/errors.ts";
import { invalidParameter } from "./errors.ts";
import type { Scope } from "./model.ts";

/** What Lambda can send records and discarded events to. */
export type DestinationKind = "lambda" | "s3" | "sns" | "sqs";

export interface Destination {
  readonly arn: string;
  readonly kind: DestinationKind;
  readonly region: string;
  readonly account: string;
  /** Queue, topic or bucket by its name; a function as `function:NAME[:QUALIFIER]`. */
  readonly resource: string;
}

export interface Parcel extends Pick<Message, "attributes" | "body"> {
  /** Where it goes in a bucket. */
  readonly objectKey?: string;
}

interface Sending {
  /** The service as Lambda's refusals name it. */
  readonly service: string;
  /** What whoever sends must be allowed, each with what follows the destination's ARN in that of its resource. */
  readonly operations: Readonly<Record<string, string>>;
}

/**
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const SENDING: Readonly<Record<DestinationKind, Sending>> = {
  lambda: { service: "Lambda", operations: { InvokeFunction: "" } },
  s3: { service: "S3", operations: { PutObject: "/*", ListBucket: "" } },
  sns: { service: "SNS", operations: { Publish: "" } },
  sqs: { service: "SQS", operations: { SendMessage: "" } },
};

const isKind = (service: string): service is DestinationKind => service in SENDING;

/** Reads the ARN of a destination; undefined: Lambda sends nothing to such a thing. @throws NotImplemented for event buses */
export function parseDestination(arn: string): Destination | undefined {
  if (arn.startsWith("kafka://")) throw unsupported("A Kafka topic as destination");
  const [, , kind = "", region = "", account = "", ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (kind === "events") throw unsupported("An Amazon EventBridge event bus as destination");
  if (!isKind(kind) || resource === "" || (kind === "s3" && resource.includes("/"))) return undefined;
  return { arn, kind, region, account, resource };
}

/** Sends a parcel as whoever `call` stands for. */
export async function send(
  call: Call,
  { arn, kind, resource }: Destination,
  { objectKey = "", ...message }: Parcel,
): Promise<void> {
  if (kind !== "s3") return deliver(call, arn, message);
  const Body = Buffer.from(message.body);
  await call("s3", "PutObject", { Bucket: resource, Key: objectKey, Body, ContentType: "application/json" });
}

/** YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID, in UTC: how the objects are named that Lambda writes to buckets. */
export function datedName(at: string, uuid: string): string {
  const [date = "", time = ""] = at.slice(0, 19).split("T");
  return `${date.replaceAll("-", "/")}/${date}T${time.replaceAll(":", ".")}-${uuid}`;
}

type Asking = Pick<Host, "authorization"> & { readonly call: Call };

/** What is sent names no message group: Lambda takes standard queues and topics only. */
const isFifo = ({ kind, resource }: Destination): boolean =>
  (kind === "sqs" || kind === "sns") && resource.endsWith(".fifo");

/**
 * Checks that a destination or dead letter target can take what is sent, is there, and that the role may send to it.
 * @throws InvalidParameterValueException
 */
export async function checkDestination(
  { call, authorization }: Asking,
  scope: Scope,
  destination: Destination,
  role: () => Principal,
): Promise<void> {
  const { arn, kind } = destination;
  if (isFifo(destination)) throw invalidParameter(`FIFO queues and topics are not supported as destinations: ${arn}.`);
  if (!(await exists(call, scope, destination))) throw invalidParameter(`The destination ARN ${arn} is invalid.`);
  if (!authorization.enforced) return;
  const { service, operations } = SENDING[kind];
  const caller = { principal: role(), region: scope.region };
  for (const [operation, suffix] of Object.entries(operations)) {
    const access = { action: `${kind}:${operation}`, resource: arn + suffix };
    if (authorization.refusal(caller, access) === undefined) continue;
    throw invalidParameter(`The provided execution role does not have permissions to call ${operation} on ${service}`);
  }
}

const MISSING: ReadonlySet<string> = new Set([
  "NoSuchBucket",
  "NotFound",
  "NotFoundException",
  "QueueDoesNotExist",
  "ResourceNotFoundException",
]);

/** Looks in Lambda's own name, whatever the caller may see. */
async function exists(call: Call, { region: own }: Scope, { arn, kind, region, account, resource }: Destination) {
  const options = { region: region || own, ...(account !== "" && { principal: ownerOf(account) }) };
  try {
    if (kind === "sqs") await call("sqs", "GetQueueUrl", { QueueName: resource }, options);
    else if (kind === "sns") await call("sns", "GetTopicAttributes", { TopicArn: arn }, options);
    else if (kind === "lambda") await call("lambda", "GetFunctionConfiguration", { FunctionName: arn }, options);
    else await call("s3", "GetBucketLocation", { Bucket: resource }, options);
    return true;
  } catch (error) {
    if (MISSING.has((error as Error).name)) return false;
    throw error;
  }
}

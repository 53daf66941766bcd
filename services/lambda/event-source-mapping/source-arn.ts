import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidParameter } from "./errors.ts";

const OTHER_SOURCES: Readonly<Record<string, string>> = {
  kafka: "Amazon MSK event sources",
  mq: "Amazon MQ event sources",
  rds: "Amazon DocumentDB event sources",
};

const RESOURCES: Readonly<Record<string, RegExp>> = {
  kinesis: /^stream\/[^/:]+(\/consumer\/[^/:]+:\d+)?$/,
  dynamodb: /^table\/[^/]+\/stream\/.+$/,
  sqs: /^[^:]+$/,
};

/**
 * Accepts the ARN of a Kinesis stream or a consumer of one, of a DynamoDB stream, or of an SQS queue of this region. What
 * another account has needs a policy that lets the function's role read it.
 * @throws AwsError InvalidParameterValueException, NotImplemented
 */
export function requireSource(arn: string, region: string): void {
  const [, , service = "", arnRegion, , ...resource] = arn.split(":");
  const other = OTHER_SOURCES[service];
  if (other) throw unsupported(other);
  if (!RESOURCES[service]?.test(resource.join(":"))) throw invalidParameter("Unrecognized event source.");
  if (arnRegion !== region) throw unsupported("An event source in another region");
}

export type SourceKind = "dynamodb" | "kinesis" | "sqs";

/** Of an ARN that `requireSource` accepted. */
export const kindOf = (arn: string): SourceKind => arn.split(":")[2] as SourceKind;

export const isQueueArn = (arn: string): boolean => kindOf(arn) === "sqs";

export const isFifoArn = (arn: string): boolean => isQueueArn(arn) && arn.endsWith(".fifo");

/** Of the ARN of a stream or of one of its consumers. */
export const streamArnOf = (arn: string): string => arn.split("/consumer/")[0] ?? arn;

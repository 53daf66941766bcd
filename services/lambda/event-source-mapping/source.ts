import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidParameter } from "./errors.ts";

const OTHER_SOURCES: Readonly<Record<string, string>> = {
  dynamodb: "Amazon DynamoDB Streams as event sources",
  kafka: "Amazon MSK event sources",
  mq: "Amazon MQ event sources",
  rds: "Amazon DocumentDB event sources",
};

/**
 * Accepts the ARN of a Kinesis stream or an SQS queue of this account and region.
 * @throws AwsError InvalidParameterValueException, NotImplemented
 */
export function requireSource(arn: string, account: string, region: string): void {
  const [, , service = "", arnRegion, arnAccount, resource = ""] = arn.split(":");
  const other = OTHER_SOURCES[service];
  if (other) throw unsupported(other);
  const isStream = service === "kinesis" && resource.startsWith("stream/");
  if (!isStream && !(service === "sqs" && resource !== "")) throw invalidParameter("Unrecognized event source.");
  if (resource.includes("/consumer/")) throw unsupported("Enhanced fan-out consumers as event sources");
  if (arnRegion !== region || arnAccount !== account) {
    throw unsupported("An event source in another account or region");
  }
}

export const isQueueArn = (arn: string): boolean => arn.split(":")[2] === "sqs";

export const isFifoArn = (arn: string): boolean => isQueueArn(arn) && arn.endsWith(".fifo");

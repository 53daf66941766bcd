import type { InputOf } from "../../emulator/model/sdk.ts";
import { encryptionOfDirectPutOnly, invalidArgument, tooManyEncryptionCalls } from "./errors.ts";
import type { DeliveryStream, Encryption, StreamType } from "./model.ts";

type EncryptionInput = InputOf<
  "firehose",
  "StartDeliveryStreamEncryption"
>["DeliveryStreamEncryptionConfigurationInput"];

const MOST_CALLS = 25;
const CALLS_WITHIN_MS = 24 * 3600 * 1000;

/**
 * What a stream's encryption becomes.
 * @throws AwsError InvalidArgumentException
 */
export function enabling(input: EncryptionInput, type: StreamType): Encryption {
  if (type !== "DirectPut") throw encryptionOfDirectPutOnly();
  const { KeyType: keyType = "AWS_OWNED_CMK", KeyARN: keyArn } = input ?? {};
  if (keyType === "AWS_OWNED_CMK" && keyArn !== undefined) {
    throw invalidArgument("KeyARN cannot be specified when KeyType is AWS_OWNED_CMK");
  }
  if (keyType === "CUSTOMER_MANAGED_CMK" && keyArn === undefined) {
    throw invalidArgument("KeyARN has to be specified when KeyType is CUSTOMER_MANAGED_CMK");
  }
  return { status: "ENABLING", keyType, ...(keyArn !== undefined && { keyArn }) };
}

/** The calls that count, with one more. @throws AwsError LimitExceededException */
export function countCall({ encryptionCalls, name }: DeliveryStream, nowMs: number): number[] {
  const recent = encryptionCalls.filter((at) => at > nowMs - CALLS_WITHIN_MS);
  if (recent.length >= MOST_CALLS) throw tooManyEncryptionCalls(name, MOST_CALLS);
  return [...recent, nowMs];
}

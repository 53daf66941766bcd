import {
  InvalidArgumentException$,
  ProvisionedThroughputExceededException$,
  ValidationException$,
} from "@aws-sdk/client-kinesis";
import { AwsError } from "../../../emulator/model/errors.ts";

const validation = (message: string) => new AwsError(ValidationException$, message);
const rateExceeded = (message: string) => new AwsError(ProvisionedThroughputExceededException$, message);

export const writesExceeded = (shard: string, name: string, account: string) =>
  rateExceeded(`Rate exceeded for shard ${shard} in stream ${name} under account ${account}.`);

export const readsExceeded = (shard: string, name: string, account: string) =>
  rateExceeded(`Rate exceeded for Shard - ${account}/${name}/${shard}`);

export const warmThroughputProvisioned = () =>
  validation("WarmThroughputMiBps is for streams in On-Demand mode: this one is in Provisioned mode.");

export const warmThroughputWithoutCommitment = (account: string) =>
  validation(`WarmThroughputMiBps needs MinimumThroughputBillingCommitment, which account ${account} has not enabled.`);

export const warmThroughputTooHigh = (target: number, limit: number) =>
  new AwsError(InvalidArgumentException$, `WarmThroughputMiBps cannot be greater than ${limit}. Target: ${target}.`);

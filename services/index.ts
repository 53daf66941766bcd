import type { Service } from "../emulator/model/service.ts";
import { apigateway } from "./apigateway/index.ts";
import { cloudformation } from "./cloudformation/index.ts";
import { cloudwatch } from "./cloudwatch/index.ts";
import { dynamodb } from "./dynamodb/index.ts";
import { dynamodbStreams } from "./dynamodb-streams/index.ts";
import { ecr } from "./ecr/index.ts";
import { firehose } from "./firehose/index.ts";
import { iam } from "./iam/index.ts";
import { kinesis } from "./kinesis/index.ts";
import { lambda } from "./lambda/index.ts";
import { logs } from "./logs/index.ts";
import { s3 } from "./s3/index.ts";
import { sns } from "./sns/index.ts";
import { sqs } from "./sqs/index.ts";
import { ssm } from "./ssm/index.ts";
import { sts } from "./sts/index.ts";

/** The one list of services. */
export const services: readonly Service[] = [
  apigateway,
  cloudformation,
  cloudwatch,
  dynamodb,
  dynamodbStreams,
  ecr,
  firehose,
  iam,
  kinesis,
  lambda,
  logs,
  s3,
  sns,
  sqs,
  ssm,
  sts,
];

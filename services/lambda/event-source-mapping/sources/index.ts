import type { Host } from "../../../../emulator/model/context.ts";
import type { Mapping } from "../model.ts";
import { callAsRole } from "../role.ts";
import type { EventSource } from "../source.ts";
import { kindOf, type SourceKind } from "../source-arn.ts";
import { dynamodbSource } from "./dynamodb.ts";
import { kinesisSource } from "./kinesis.ts";
import { sqsSource } from "./sqs.ts";
import type { SourceScope } from "./stream.ts";

const SOURCES: Readonly<Record<SourceKind, (scope: SourceScope) => EventSource>> = {
  dynamodb: dynamodbSource,
  kinesis: kinesisSource,
  sqs: sqsSource,
};

/** What a mapping reads. */
export const sourceOf = (host: Host, mapping: Mapping): EventSource =>
  SOURCES[kindOf(mapping.eventSourceArn)]({ host, mapping, call: callAsRole(host, mapping) });

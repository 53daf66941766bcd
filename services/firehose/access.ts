import {
  passRole,
  tagConditions,
  type Access,
  type AccessScope,
  type AccessTable,
} from "../../emulator/model/access.ts";
import { streamArn } from "./names.ts";

const stream = ({ DeliveryStreamName }: { readonly DeliveryStreamName: string }, scope: AccessScope): string =>
  streamArn(scope, DeliveryStreamName);

interface Roles {
  readonly RoleARN?: string | undefined;
  readonly ProcessingConfiguration?:
    | {
        readonly Processors?:
          | readonly {
              readonly Parameters?:
                | readonly { readonly ParameterName: string; readonly ParameterValue: string }[]
                | undefined;
            }[]
          | undefined;
      }
    | undefined;
}

/** Whoever hands Firehose a role has to be allowed to pass it. */
function passed(...settings: readonly (Roles | undefined)[]): Access[] {
  const roles = settings.flatMap((given) => [
    given?.RoleARN,
    ...(given?.ProcessingConfiguration?.Processors ?? []).flatMap(({ Parameters = [] }) =>
      Parameters.filter(({ ParameterName }) => ParameterName === "RoleArn").map(({ ParameterValue }) => ParameterValue),
    ),
  ]);
  return [...new Set(roles.filter((role) => role !== undefined))].map((role) =>
    passRole(role, "firehose.amazonaws.com"),
  );
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisfirehose.html */
export const access: AccessTable<"firehose"> = {
  prefix: "firehose",
  rules: {
    CreateDeliveryStream: (input, scope) => [
      {
        action: "firehose:CreateDeliveryStream",
        resource: stream(input, scope),
        conditions: tagConditions(input.Tags),
      },
      ...passed(
        input.ExtendedS3DestinationConfiguration,
        input.ExtendedS3DestinationConfiguration?.S3BackupConfiguration,
        input.S3DestinationConfiguration,
        input.KinesisStreamSourceConfiguration,
      ),
    ],
    DeleteDeliveryStream: stream,
    DescribeDeliveryStream: stream,
    ListTagsForDeliveryStream: stream,
    PutRecord: stream,
    PutRecordBatch: stream,
    StartDeliveryStreamEncryption: stream,
    StopDeliveryStreamEncryption: stream,
    TagDeliveryStream: (input, scope) => [
      {
        action: "firehose:TagDeliveryStream",
        resource: stream(input, scope),
        conditions: tagConditions(input.Tags),
      },
    ],
    UntagDeliveryStream: stream,
    UpdateDestination: (input, scope) => [
      { action: "firehose:UpdateDestination", resource: stream(input, scope) },
      ...passed(
        input.ExtendedS3DestinationUpdate,
        input.ExtendedS3DestinationUpdate?.S3BackupUpdate,
        input.S3DestinationUpdate,
      ),
    ],
  },
};

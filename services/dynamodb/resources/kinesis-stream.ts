import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { sameValue, type ProviderContext } from "../../cloudformation/provider.ts";

interface KinesisStream {
  readonly StreamArn: string;
  readonly ApproximateCreationDateTimePrecision?: "MICROSECOND" | "MILLISECOND";
}

/** Has the changes of a table go to the Kinesis stream that it is to have. */
export async function updateKinesisStream(
  ctx: ProviderContext,
  TableName: string,
  before: KinesisStream | undefined,
  after: KinesisStream | undefined,
): Promise<void> {
  if (sameValue(before, after)) return;
  const status = async (StreamArn: string) => {
    const { KinesisDataStreamDestinations = [] } = await ctx.call("dynamodb", "DescribeKinesisStreamingDestination", {
      TableName,
    });
    return KinesisDataStreamDestinations.find((each) => each.StreamArn === StreamArn);
  };
  const precision = after?.ApproximateCreationDateTimePrecision;
  const present = after && (await status(after.StreamArn));
  if (after !== undefined && present?.DestinationStatus === "ACTIVE") {
    const wanted = precision ?? "MILLISECOND";
    if ((present.ApproximateCreationDateTimePrecision ?? "MILLISECOND") === wanted) return;
    await ctx.call("dynamodb", "UpdateKinesisStreamingDestination", {
      TableName,
      StreamArn: after.StreamArn,
      UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: wanted },
    });
  } else {
    if (before !== undefined && (await status(before.StreamArn))?.DestinationStatus === "ACTIVE") {
      await ctx.call("dynamodb", "DisableKinesisStreamingDestination", { TableName, StreamArn: before.StreamArn });
      await ctx.waitUntil(`the changes of ${TableName} no longer to go to a stream`, async () => {
        return (await status(before.StreamArn))?.DestinationStatus === "DISABLED";
      });
    }
    if (after === undefined) return;
    await ctx.call("dynamodb", "EnableKinesisStreamingDestination", {
      TableName,
      StreamArn: after.StreamArn,
      ...(precision && { EnableKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision } }),
    });
  }
  await ctx.waitUntil(`the changes of ${TableName} to go to a stream`, async () => {
    const found = await status(after.StreamArn);
    if (found?.DestinationStatus === "ENABLE_FAILED") {
      throw new HandlerError("InvalidRequest", found.DestinationStatusDescription ?? "The stream cannot be enabled");
    }
    return found?.DestinationStatus === "ACTIVE";
  });
}

import type { Context } from "../../../emulator/model/context.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { newDestination } from "../destination.ts";
import { enabling } from "../encryption.ts";
import {
  directPutNotExpected,
  oneDestination,
  sourceMissing,
  sourceNotExpected,
  streamExists,
  tooManyStreams,
} from "../errors.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import type { FirehoseState, Operation } from "../index.ts";
import type { DeliveryStream, StreamType } from "../model.ts";
import { streamArn } from "../names.ts";
import { parameter } from "../processors.ts";
import { checkQuery } from "../query-keys.ts";
import { mergeTags } from "../tags.ts";

const MOST_STREAMS = 5_000;

type Input = InputOf<"firehose", "CreateDeliveryStream">;

/**
 * Creates a delivery stream to S3. It is CREATING until the answer has been sent, then ACTIVE.
 * @throws InvalidArgumentException, LimitExceededException, ResourceInUseException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
 */
export const createDeliveryStream: Operation<"CreateDeliveryStream"> = async (ctx, input) => {
  const { DeliveryStreamName: name, DirectPutSourceConfiguration: directPut } = input;
  const type = streamType(input);
  const { ExtendedS3DestinationConfiguration: extended, S3DestinationConfiguration: plain } = input;
  const settings = extended ?? plain;
  if (settings === undefined || (extended && plain)) throw oneDestination();
  const destination = newDestination(settings);
  const given = input.DeliveryStreamEncryptionConfigurationInput;
  const stream: DeliveryStream = {
    name,
    id: ctx.ids.hex(16),
    status: "CREATING",
    type,
    createdAt: ctx.clock.now(),
    version: 1,
    ...(directPut && { throughputHintMBs: directPut.ThroughputHintInMBs }),
    ...source(input),
    destination,
    encryption: given ? enabling(given, type) : { status: "DISABLED" },
    encryptionCalls: [],
    tags: mergeTags(name, {}, input.Tags ?? []),
  };
  await checkQuery(destination);
  if (ctx.store.find(name)) throw streamExists(name, ctx.account);
  if ([...ctx.store.list()].length >= MOST_STREAMS) throw tooManyStreams(MOST_STREAMS);
  checkRoles(ctx, stream);
  ctx.store.create(stream);
  ctx.engine.transit(ctx, name);
  return { DeliveryStreamARN: streamArn(ctx, name) };
};

function streamType({ DeliveryStreamType: type = "DirectPut", ...input }: Input): StreamType {
  if (type !== "DirectPut" && type !== "KinesisStreamAsSource") throw unsupported(`DeliveryStreamType ${type}`);
  const { DirectPutSourceConfiguration: directPut, KinesisStreamSourceConfiguration: kinesis } = input;
  if (type === "KinesisStreamAsSource" && !kinesis) throw sourceMissing();
  if (type === "DirectPut" && kinesis) throw sourceNotExpected();
  if (type !== "DirectPut" && directPut) throw directPutNotExpected();
  return type;
}

const source = ({ KinesisStreamSourceConfiguration: given }: Input): Pick<DeliveryStream, "source"> =>
  given ? { source: { streamArn: given.KinesisStreamARN, roleArn: given.RoleARN } } : {};

/** Firehose tries to take on every role that it is given. */
export function checkRoles(
  ctx: Context<FirehoseState>,
  { name, destination, source: from }: Pick<DeliveryStream, "name" | "destination" | "source">,
): void {
  const lambdaRoles = destination.processing.processors.map((processor) => parameter(processor, "RoleArn"));
  for (const role of new Set([destination.roleArn, destination.backup?.roleArn, from?.roleArn, ...lambdaRoles])) {
    if (role !== undefined) ctx.engine.checkRole(ctx, name, role);
  }
}

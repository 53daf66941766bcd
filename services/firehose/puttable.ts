import { notForKinesisSource, onlyFromLogs, streamNotFound } from "./errors.ts";
import type { Context } from "../../emulator/model/context.ts";
import type { FirehoseState } from "./index.ts";
import type { DeliveryStream } from "./model.ts";
import { activeProcessor } from "./processors.ts";

/**
 * A stream that takes records from clients. While it is CREATING or DELETING it is not found.
 * @throws AwsError ResourceNotFoundException, InvalidArgumentException, InvalidSourceException
 */
export function puttableStream(ctx: Context<FirehoseState>, name: string): DeliveryStream {
  const stream = ctx.store.stream(name);
  if (stream.status !== "ACTIVE") throw streamNotFound(name, ctx.account);
  if (stream.source) throw notForKinesisSource();
  if (activeProcessor(stream.destination, "Decompression") && !isLogs(ctx)) throw onlyFromLogs();
  return stream;
}

const isLogs = ({ principal }: Context<FirehoseState>): boolean =>
  principal.type === "service" && principal.service.startsWith("logs.");

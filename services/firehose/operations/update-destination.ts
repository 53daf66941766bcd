import { updatedDestination } from "../destination.ts";
import { oneDestination, streamNotActive, unknownDestination, versionMismatch } from "../errors.ts";
import type { Operation } from "../index.ts";
import { DESTINATION_ID } from "../names.ts";
import { checkQuery } from "../query-keys.ts";
import { checkRoles } from "./create-delivery-stream.ts";

/**
 * Changes settings of the destination; what is not given stays. An update that changes nothing makes no new version.
 * @throws ResourceNotFoundException, ResourceInUseException, InvalidArgumentException, ConcurrentModificationException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_UpdateDestination.html
 */
export const updateDestination: Operation<"UpdateDestination"> = async (ctx, input) => {
  const { DeliveryStreamName: name, CurrentDeliveryStreamVersionId: given } = input;
  const { ExtendedS3DestinationUpdate: extended, S3DestinationUpdate: plain } = input;
  const current = ctx.store.stream(name);
  if (current.status !== "ACTIVE") throw streamNotActive(name, ctx.account, current.status);
  if (Number(given) !== current.version) throw versionMismatch(name, current.version, given);
  if (input.DestinationId !== DESTINATION_ID) throw unknownDestination(input.DestinationId, name);
  const update = extended ?? plain;
  if (update === undefined || (extended && plain)) throw oneDestination();
  const destination = updatedDestination(current.destination, update);
  await checkQuery(destination);
  checkRoles(ctx, { name, destination });
  // another update may have been faster
  const { version } = ctx.store.stream(name);
  if (version !== current.version) throw versionMismatch(name, version, given);
  if (JSON.stringify(destination) === JSON.stringify(current.destination)) return {};
  const stream = ctx.store.update(name, { destination, version: version + 1, updatedAt: ctx.clock.now() });
  ctx.engine.configure(ctx, stream);
  return {};
};

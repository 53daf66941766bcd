import type { Context } from "../../emulator/model/context.ts";
import { findConsumer } from "./fan-out/resolve.ts";
import type { KinesisState } from "./index.ts";
import { activeStream } from "./resolve.ts";

/** Looks for the stream or consumer that is to have a policy. @throws ResourceNotFoundException, ResourceInUseException */
export function requirePolicyResource(ctx: Context<KinesisState>, resourceArn: string): void {
  const [streamArn = "", consumer] = resourceArn.split("/consumer/");
  activeStream(ctx, { StreamARN: streamArn });
  if (consumer !== undefined) findConsumer(ctx, { ConsumerARN: resourceArn });
}

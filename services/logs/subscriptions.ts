import type { Context } from "../../emulator/model/context.ts";
import { eventId } from "./event-pages.ts";
import { compiledPattern } from "./filter-pattern.ts";
import type { LogsState } from "./index.ts";
import type { LogGroup, LogStream } from "./model.ts";
import { groupArn } from "./names.ts";

interface NewEvent {
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Keeps what the subscription filters of a group are to be told of new events, as a part of the transaction that keeps these.
 * @param stream as it was before the events came
 * @returns whether there is something to send
 */
export function keepDeliveries(
  ctx: Context<LogsState>,
  { id, name: groupName }: LogGroup,
  { name: stream, nextNumber }: LogStream,
  events: readonly NewEvent[],
): boolean {
  let any = false;
  for (const filter of ctx.store.subscriptionFilters.of(id)) {
    const { matches } = compiledPattern(filter.pattern);
    const matched = events.flatMap(({ timestamp, message }, index) =>
      matches(message) ? [{ id: eventId({ timestamp, number: nextNumber + index }), timestamp, message }] : [],
    );
    if (matched.length === 0) continue;
    any = true;
    const payload = {
      messageType: "DATA_MESSAGE",
      owner: ctx.account,
      logGroup: groupName,
      logStream: stream,
      subscriptionFilters: [filter.name],
      logEvents: matched,
    };
    ctx.engine.deliveries.keep({
      account: ctx.account,
      region: ctx.region,
      groupArn: groupArn(ctx, groupName),
      stream,
      filter,
      payload: JSON.stringify(payload),
      acceptedAt: ctx.clock.now(),
      failures: 0,
    });
  }
  return any;
}

import type { Context } from "../../emulator/model/context.ts";
import { eventId } from "./event-pages.ts";
import { compiledPattern } from "./filter-pattern.ts";
import type { LogsState } from "./index.ts";
import type { Position } from "./model.ts";
import { groupArn } from "./names.ts";

interface NewEvent extends Position {
  readonly message: string;
}

/**
 * Keeps what the subscription filters of a group are to be told of new events, as a part of the transaction that keeps these.
 * @returns whether there is something to send
 */
export function keepDeliveries(
  ctx: Context<LogsState>,
  groupName: string,
  stream: string,
  events: readonly NewEvent[],
): boolean {
  const { id } = ctx.store.group(groupName);
  let any = false;
  for (const filter of ctx.store.subscriptionFilters.of(id)) {
    const { matches } = compiledPattern(filter.pattern);
    const matched = events.filter(({ message }) => matches(message));
    if (matched.length === 0) continue;
    any = true;
    const payload = {
      messageType: "DATA_MESSAGE",
      owner: ctx.account,
      logGroup: groupName,
      logStream: stream,
      subscriptionFilters: [filter.name],
      logEvents: matched.map((event) => ({
        id: eventId(event),
        timestamp: event.timestamp,
        message: event.message,
      })),
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

import { fromToken, toToken } from "../../../emulator/model/paging.ts";
import { invalidNextToken } from "../errors.ts";
import type { HistoryPlace } from "../alarms/store.ts";
import type { Operation } from "../index.ts";
import type { HistoryItem } from "../model.ts";

const DEFAULT_RECORDS = 100;

/**
 * Answers what became of alarms in the last 30 days: configurations, states and actions; newest first unless asked otherwise.
 * @throws InvalidNextToken
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
export const describeAlarmHistory: Operation<"DescribeAlarmHistory"> = (ctx, input) => {
  const types: readonly string[] = input.AlarmTypes ?? ["MetricAlarm"];
  const limit = input.MaxRecords ?? DEFAULT_RECORDS;
  const found: (HistoryItem & HistoryPlace)[] = [];
  for (const item of ctx.store.alarms.history({
    from: input.StartDate?.getTime(),
    to: input.EndDate?.getTime(),
    newestFirst: input.ScanBy !== "TimestampAscending",
    beyond: input.NextToken === undefined ? undefined : readToken(input.NextToken),
  })) {
    const isAsked =
      types.includes(item.alarmType) &&
      (input.AlarmName === undefined || item.alarmName === input.AlarmName) &&
      (input.HistoryItemType === undefined || item.type === input.HistoryItemType);
    if (isAsked) found.push(item);
    if (found.length > limit) break;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    AlarmHistoryItems: shown.map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType,
      Timestamp: new Date(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    ...(last && found.length > limit && { NextToken: toToken(`${last.at} ${last.number}`) }),
  };
};

/** A place, not a number of items: what happens between two pages moves nothing. @throws InvalidNextToken */
function readToken(token: string): HistoryPlace {
  const [, at, number] = /^(\d{1,15}) (\d{1,9})$/.exec(fromToken(token)) ?? [];
  if (at === undefined) throw invalidNextToken();
  return { at: Number(at), number: Number(number) };
}

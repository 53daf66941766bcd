import { fromToken, toToken } from "../../../emulator/model/paging.ts";
import { invalidNextToken } from "../errors.ts";
import type { Operation } from "../index.ts";

const DEFAULT_RECORDS = 100;

/**
 * Answers what became of alarms in the last 30 days: configurations, states and actions; newest first unless asked otherwise.
 * @throws InvalidNextToken
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
export const describeAlarmHistory: Operation<"DescribeAlarmHistory"> = (ctx, input) => {
  const types: readonly string[] = input.AlarmTypes ?? ["MetricAlarm"];
  const found = ctx.store.alarms
    .history()
    .filter(
      (item) =>
        types.includes(item.alarmType) &&
        (input.AlarmName === undefined || item.alarmName === input.AlarmName) &&
        (input.HistoryItemType === undefined || item.type === input.HistoryItemType) &&
        item.at >= (input.StartDate?.getTime() ?? 0) &&
        item.at <= (input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY),
    );
  if (input.ScanBy !== "TimestampAscending") found.reverse();
  const start = input.NextToken === undefined ? 0 : Number(fromToken(input.NextToken));
  if (!Number.isSafeInteger(start) || start < 0 || start > found.length) throw invalidNextToken();
  const end = start + (input.MaxRecords ?? DEFAULT_RECORDS);
  return {
    AlarmHistoryItems: found.slice(start, end).map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType,
      Timestamp: new Date(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    ...(end < found.length && { NextToken: toToken(String(end)) }),
  };
};

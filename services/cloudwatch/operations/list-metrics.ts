import { fromToken, toToken } from "../../../emulator/model/paging.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import { invalidValue } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { KnownMetric } from "../model.ts";

const PAGE = 500;
const RECENT_MS = 3 * 3_600_000;

/**
 * Lists the metrics that had data in the last two weeks, by namespace, name and dimensions, in pages.
 * @throws InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html
 */
export const listMetrics: Operation<"ListMetrics"> = (ctx, input) => {
  ctx.engine.flush();
  if (input.IncludeLinkedAccounts === true) throw unsupported("IncludeLinkedAccounts of ListMetrics");
  if (input.OwningAccount !== undefined) throw unsupported("OwningAccount of ListMetrics");
  const recent = input.RecentlyActive === "PT3H" ? ctx.clock.now() - RECENT_MS : 0;
  const wanted = input.Dimensions ?? [];
  const has = (metric: KnownMetric) =>
    wanted.every(({ Name, Value }) =>
      metric.dimensions.some((own) => own.Name === Name && (Value === undefined || own.Value === Value)),
    );
  const found = [...ctx.store.metrics.metrics(input.Namespace, input.MetricName)].filter(
    (metric) => metric.updatedAt >= recent && has(metric),
  );
  const start = input.NextToken === undefined ? 0 : Number(fromToken(input.NextToken));
  if (!Number.isSafeInteger(start) || start <= 0 === (input.NextToken !== undefined))
    throw invalidValue("The value for parameter NextToken is invalid.");
  return {
    Metrics: found.slice(start, start + PAGE).map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: [...dimensions],
    })),
    ...(start + PAGE < found.length && { NextToken: toToken(String(start + PAGE)) }),
  };
};

import type { InputOf } from "../../emulator/model/sdk.ts";
import { invalidParameter } from "./errors.ts";
import type { OnDemandLimits, Table, Throughput, WarmThroughput } from "./model.ts";

type CreateTable = InputOf<"dynamodb", "CreateTable">;
type OnDemandInput = CreateTable["OnDemandThroughput"];
type WarmInput = CreateTable["WarmThroughput"];
type Billing = Pick<Table, "billingMode"> & { readonly throughput?: Throughput | undefined };

/** What a new on-demand table takes at once, a second. */
export const FIRST_ON_DEMAND: WarmThroughput = { reads: 12_000, writes: 4_000 };
const CLEARED = -1;
const INITIAL_PAGE =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html" +
  "#on-demand-capacity-mode-initial";

/** The table itself, or one of its indexes, as errors name it. */
export const ofTable = "table";
export const ofIndex = (name: string): string => `index ${name}`;

/**
 * How much an on-demand table or index may take at most, a second.
 * @param before what holds until now: -1 takes a limit away, where there may be one
 * @throws AwsError ValidationException
 */
export function onDemandLimitsOf(
  input: OnDemandInput,
  of: string,
  billingMode: Table["billingMode"],
  before?: { readonly onDemand?: OnDemandLimits | undefined },
): OnDemandLimits | undefined {
  const given = [
    ["MaxReadRequestUnits", "reads", input?.MaxReadRequestUnits],
    ["MaxWriteRequestUnits", "writes", input?.MaxWriteRequestUnits],
  ] as const;
  const limits = { ...before?.onDemand };
  for (const [member, direction, units] of given) {
    if (units === undefined) continue;
    if (billingMode === "PROVISIONED") {
      const whose = of === ofTable ? "the table" : "table";
      throw invalidParameter(
        `${member} for OnDemandThroughput cannot be specified when ${before ? whose : "table"} BillingMode is PROVISIONED` +
          (before ? "" : "."),
      );
    }
    if (before !== undefined && units === CLEARED) delete limits[direction];
    else if (units < 1) {
      throw invalidParameter(`Requested ${member} for OnDemandThroughput for ${of} is outside of valid range`);
    } else limits[direction] = units;
  }
  return limits.reads === undefined && limits.writes === undefined ? undefined : limits;
}

/** What a table or index takes at once, however it was asked for before. */
export function warmThroughputOf({
  warm,
  ...of
}: Billing & { readonly warm?: WarmThroughput | undefined }): WarmThroughput {
  const least = leastWarm(of);
  return { reads: Math.max(warm?.reads ?? 0, least.reads), writes: Math.max(warm?.writes ?? 0, least.writes) };
}

const leastWarm = ({ billingMode, throughput }: Billing): WarmThroughput =>
  billingMode === "PAY_PER_REQUEST"
    ? FIRST_ON_DEMAND
    : { reads: throughput?.readUnits ?? 0, writes: throughput?.writeUnits ?? 0 };

/**
 * What a table or index is to take at once. It can be raised, and not lowered.
 * @param before what it takes until now; undefined for one that is new
 * @throws AwsError ValidationException
 */
export function requestedWarm(
  input: WarmInput,
  of: string,
  billing: Billing,
  before?: WarmThroughput,
): WarmThroughput | undefined {
  if (input?.ReadUnitsPerSecond === undefined && input?.WriteUnitsPerSecond === undefined) return undefined;
  const least = before ?? leastWarm(billing);
  const warm = { reads: input.ReadUnitsPerSecond ?? least.reads, writes: input.WriteUnitsPerSecond ?? least.writes };
  for (const [member, provisioned, units, atLeast] of [
    ["ReadUnitsPerSecond", "ReadCapacityUnits", warm.reads, least.reads],
    ["WriteUnitsPerSecond", "WriteCapacityUnits", warm.writes, least.writes],
  ] as const) {
    if (units >= atLeast) continue;
    const reason =
      before !== undefined
        ? "current WarmThroughput, decreasing WarmThroughput is not supported"
        : billing.billingMode === "PAY_PER_REQUEST"
          ? `initial throughput for OnDemand. See: ${INITIAL_PAGE}`
          : `${provisioned} of ProvisionedThroughput`;
    throw invalidParameter(`Requested ${member} for WarmThroughput for ${of} is lower than ${reason}`);
  }
  return warm;
}

/** What descriptions of tables and indexes say of both. */
export function describeCapacitySettings<S extends string>(
  of: Billing & { readonly onDemand?: OnDemandLimits | undefined; readonly warm?: WarmThroughput | undefined },
  Status: S,
) {
  const { reads, writes } = warmThroughputOf(of);
  return {
    ...(of.onDemand !== undefined && {
      OnDemandThroughput: {
        ...(of.onDemand.reads !== undefined && { MaxReadRequestUnits: of.onDemand.reads }),
        ...(of.onDemand.writes !== undefined && { MaxWriteRequestUnits: of.onDemand.writes }),
      },
    }),
    WarmThroughput: { ReadUnitsPerSecond: reads, WriteUnitsPerSecond: writes, Status },
  };
}

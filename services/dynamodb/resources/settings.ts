import { choice, flag, integer, object, required, text, type Values } from "../../cloudformation/properties.ts";
import { type ProviderContext, sameValue } from "../../cloudformation/provider.ts";
import { untilActive } from "./calls.ts";
import { byName } from "./definitions.ts";

export const onDemandThroughput = object({
  MaxReadRequestUnits: integer({ min: 1 }),
  MaxWriteRequestUnits: integer({ min: 1 }),
});

export const warmThroughput = object({
  ReadUnitsPerSecond: integer({ min: 1 }),
  WriteUnitsPerSecond: integer({ min: 1 }),
});

export const encryption = object({
  SSEEnabled: required(flag()),
  SSEType: choice("AES256", "KMS"),
  KMSMasterKeyId: text(),
});

export const kinesisStream = object({
  StreamArn: required(text()),
  ApproximateCreationDateTimePrecision: choice("MICROSECOND", "MILLISECOND"),
});

interface Index {
  readonly IndexName: string;
  readonly OnDemandThroughput?: Values<typeof settings>["OnDemandThroughput"];
  readonly WarmThroughput?: Values<typeof settings>["WarmThroughput"];
}

const settings = {
  OnDemandThroughput: onDemandThroughput,
  WarmThroughput: warmThroughput,
  SSESpecification: encryption,
} as const;
type Settings = Values<typeof settings> & {
  readonly BillingMode?: string;
  readonly GlobalSecondaryIndexes?: readonly Index[];
};

const encryptionOf = ({ SSEEnabled, ...key }: NonNullable<Settings["SSESpecification"]>) => ({
  Enabled: SSEEnabled,
  ...key,
});

/** What of these is said when the table is made. */
export const createdWith = ({ OnDemandThroughput, WarmThroughput, SSESpecification }: Settings) => ({
  ...(OnDemandThroughput && { OnDemandThroughput }),
  ...(WarmThroughput && { WarmThroughput }),
  ...(SSESpecification && { SSESpecification: encryptionOf(SSESpecification) }),
});

/** A limit that is no longer there is taken away; those of a table that is on demand no more went with that. */
const limitsOf = (
  { BillingMode }: Settings,
  before: Settings["OnDemandThroughput"] = {},
  after: Settings["OnDemandThroughput"] = {},
) =>
  Object.fromEntries(
    (["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const)
      .filter((member) => before[member] !== after[member])
      .filter((member) => BillingMode === "PAY_PER_REQUEST" || after[member] !== undefined)
      .map((member) => [member, after[member] ?? -1]),
  );

/** Each by itself, as DynamoDB wants it. */
export async function updateSettings(
  ctx: ProviderContext,
  TableName: string,
  before: Settings,
  after: Settings,
): Promise<void> {
  const update = async (changes: object): Promise<void> => {
    await ctx.call("dynamodb", "UpdateTable", { TableName, ...changes });
    await untilActive(ctx, TableName);
  };
  const limits = limitsOf(after, before.OnDemandThroughput, after.OnDemandThroughput);
  if (Object.keys(limits).length > 0) await update({ OnDemandThroughput: limits });
  if (after.WarmThroughput && !sameValue(before.WarmThroughput, after.WarmThroughput)) {
    await update({ WarmThroughput: after.WarmThroughput });
  }
  const isEncrypted = after.SSESpecification?.SSEEnabled ?? false;
  if ((before.SSESpecification?.SSEEnabled ?? false) !== isEncrypted) {
    await update({
      SSESpecification: isEncrypted
        ? encryptionOf({ ...after.SSESpecification, SSEEnabled: true })
        : { Enabled: false },
    });
  }
  const old = byName(before.GlobalSecondaryIndexes);
  for (const { IndexName, OnDemandThroughput, WarmThroughput } of after.GlobalSecondaryIndexes ?? []) {
    const was = old.get(IndexName);
    if (was === undefined) continue;
    const indexLimits = limitsOf(after, was.OnDemandThroughput, OnDemandThroughput);
    if (Object.keys(indexLimits).length > 0) {
      await update({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName, OnDemandThroughput: indexLimits } }] });
    }
    if (WarmThroughput && !sameValue(was.WarmThroughput, WarmThroughput)) {
      await update({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName, WarmThroughput } }] });
    }
  }
}

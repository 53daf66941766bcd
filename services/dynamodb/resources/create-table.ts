import type { ProviderContext } from "../../cloudformation/provider.ts";
import { billing } from "./billing.ts";
import { untilActive } from "./calls.ts";
import { updateContributorInsights, withoutInsights } from "./contributor-insights.ts";
import { updateKinesisStream } from "./kinesis-stream.ts";
import { updateRecovery } from "./recovery.ts";
import { createdWith } from "./settings.ts";
import { enabled, updateStreamOwn } from "./stream.ts";
import type { TableValues } from "./table-properties.ts";

/** Makes a table, and what can be said of it only when it is there; not protected yet: what fails on the way can be removed again. */
export async function createTable(ctx: ProviderContext, given: TableValues, name: string): Promise<void> {
  await ctx.call("dynamodb", "CreateTable", {
    TableName: name,
    KeySchema: given.KeySchema,
    AttributeDefinitions: given.AttributeDefinitions ?? [],
    BillingMode: billing(given),
    ...(given.ProvisionedThroughput && { ProvisionedThroughput: given.ProvisionedThroughput }),
    ...(given.GlobalSecondaryIndexes?.length && {
      GlobalSecondaryIndexes: given.GlobalSecondaryIndexes.map(withoutInsights),
    }),
    ...(given.LocalSecondaryIndexes?.length && { LocalSecondaryIndexes: given.LocalSecondaryIndexes }),
    ...(given.StreamSpecification && { StreamSpecification: enabled(given.StreamSpecification.StreamViewType) }),
    ...(given.TableClass && { TableClass: given.TableClass }),
    ...createdWith(given),
    ...(given.ResourcePolicy && { ResourcePolicy: JSON.stringify(given.ResourcePolicy.PolicyDocument) }),
    ...(given.Tags?.length && { Tags: given.Tags }),
  });
  ctx.created(name);
  await untilActive(ctx, name);
  await updateStreamOwn(ctx, name, undefined, given.StreamSpecification);
  await updateRecovery(ctx, name, {}, given);
  await updateContributorInsights(ctx, name, {}, given);
  await updateKinesisStream(ctx, name, undefined, given.KinesisStreamSpecification);
}

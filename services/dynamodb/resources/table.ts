import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { defineProvider, type ProviderContext } from "../../cloudformation/provider.ts";
import { billing } from "./billing.ts";
import { describe } from "./calls.ts";
import { withoutInsights } from "./contributor-insights.ts";
import { createTable } from "./create-table.ts";
import { retyped } from "./definitions.ts";
import { importTable, type ImportSource } from "./import.ts";
import { removeTable } from "./remove-table.ts";
import { properties, type TableValues } from "./table-properties.ts";
import { updateProtection, updateTable } from "./update-table.ts";

/** Imports what an import can make, and sets the rest. */
async function createByImport(
  ctx: ProviderContext,
  given: TableValues & { readonly ImportSourceSpecification: ImportSource },
  name: string,
): Promise<void> {
  const { KeySchema, AttributeDefinitions = [], ProvisionedThroughput, GlobalSecondaryIndexes } = given;
  if (given.LocalSecondaryIndexes?.length) {
    throw new HandlerError("InvalidRequest", "A table that is imported cannot have LocalSecondaryIndexes");
  }
  const imported = {
    KeySchema,
    AttributeDefinitions,
    BillingMode: billing(given),
    ...(ProvisionedThroughput && { ProvisionedThroughput }),
    ...(GlobalSecondaryIndexes?.length && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(withoutInsights) }),
  };
  await importTable(ctx, given.ImportSourceSpecification, { TableName: name, ...imported });
  await updateTable(ctx, name, imported, given);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const table = defineProvider({
  type: "AWS::DynamoDB::Table",
  properties,
  attributes: ["Arn", "StreamArn"],
  name: { property: "TableName", maxLength: 255 },

  // an attribute that keeps its name and changes its type cannot stay in the table's key
  replacedBy: (before, after) =>
    retyped(before.AttributeDefinitions, after.AttributeDefinitions) ? ["AttributeDefinitions"] : [],

  find: async (ctx, _properties, name) => (await describe(ctx, name)) && name,

  async create(ctx, given, name) {
    const { ImportSourceSpecification } = given;
    if (ImportSourceSpecification !== undefined) {
      await createByImport(ctx, { ...given, ImportSourceSpecification }, name);
      return name;
    }
    await createTable(ctx, given, name);
    await updateProtection(ctx, name, { KeySchema: given.KeySchema }, given);
    return name;
  },

  update: updateTable,

  remove: removeTable,

  async read(ctx, name) {
    const { TableArn = "", LatestStreamArn, StreamSpecification } = (await describe(ctx, name))?.Table ?? {};
    return { Arn: TableArn, ...(StreamSpecification && LatestStreamArn && { StreamArn: LatestStreamArn }) };
  },
});

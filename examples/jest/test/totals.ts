import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

/** What is stored: each customer's total. */
export async function totals(table: string | undefined): Promise<Record<string, number>> {
  const { Items = [] } = await new DynamoDBClient().send(new ScanCommand({ TableName: table }));
  return Object.fromEntries(Items.map(({ customer, spent }) => [customer.S, Number(spent.N)]));
}

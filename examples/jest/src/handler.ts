import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamEvent } from "aws-lambda";

interface Order {
  readonly customer: string;
  readonly amount: number;
}

const dynamodb = new DynamoDBClient();

/** Adds the amounts of a batch of orders to their customers' totals. */
export async function handler(event: KinesisStreamEvent): Promise<void> {
  const amounts = new Map<string, number>();
  for (const { kinesis } of event.Records) {
    const { customer, amount } = JSON.parse(Buffer.from(kinesis.data, "base64").toString()) as Order;
    amounts.set(customer, (amounts.get(customer) ?? 0) + amount);
  }
  await Promise.all([...amounts].map(([customer, amount]) => add(customer, amount)));
}

async function add(customer: string, amount: number): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: process.env["TABLE"],
      Key: { customer: { S: customer } },
      UpdateExpression: "ADD spent :amount",
      ExpressionAttributeValues: { ":amount": { N: String(amount) } },
    }),
  );
}

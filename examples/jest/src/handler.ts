import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamEvent } from "aws-lambda";

interface Order {
  readonly customer: string;
  readonly amount: number;
}

const dynamodb = new DynamoDBClient();

/** Adds each order's amount to its customer's total. */
export async function handler(event: KinesisStreamEvent): Promise<void> {
  for (const { kinesis } of event.Records) {
    const order = JSON.parse(Buffer.from(kinesis.data, "base64").toString()) as Order;
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: process.env["TABLE"],
        Key: { customer: { S: order.customer } },
        UpdateExpression: "ADD spent :amount",
        ExpressionAttributeValues: { ":amount": { N: String(order.amount) } },
      }),
    );
  }
}

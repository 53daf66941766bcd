import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});

export async function handler(event) {
  for (const { kinesis } of event.Records) {
    const { id, text } = JSON.parse(Buffer.from(kinesis.data, "base64").toString("utf8"));
    const Item = { id: { S: id }, text: { S: text }, step: { S: process.env.STEP } };
    await dynamodb.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
  }
}

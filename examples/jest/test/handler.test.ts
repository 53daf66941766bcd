import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamEvent } from "aws-lambda";
import { emulator } from "headwater/jest";
import { handler } from "../src/handler";
import { totals } from "./totals";

const TABLE = "totals";

beforeEach(async () => {
  await emulator.reset();
  process.env["TABLE"] = TABLE;
  await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "customer", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "customer", KeyType: "HASH" }],
    }),
  );
});

it("adds up the orders of a customer", async () => {
  await handler(
    eventOf({ customer: "ada", amount: 3 }, { customer: "grace", amount: 5 }, { customer: "ada", amount: 4 }),
  );
  expect(await totals(TABLE)).toEqual({ ada: 7, grace: 5 });
});

it("begins with nothing in each test", async () => {
  await handler(eventOf({ customer: "ada", amount: 1 }));
  expect(await totals(TABLE)).toEqual({ ada: 1 });
});

function eventOf(...orders: { customer: string; amount: number }[]): KinesisStreamEvent {
  const records = orders.map((order) => ({ kinesis: { data: Buffer.from(JSON.stringify(order)).toString("base64") } }));
  return { Records: records } as KinesisStreamEvent;
}

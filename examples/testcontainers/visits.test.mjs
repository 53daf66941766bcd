import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadwaterContainer } from "headwater/testcontainers";

let headwater;
let dynamodb;

before(async () => {
  const createTable = fileURLToPath(new URL("create-table.mjs", import.meta.url));
  headwater = await new HeadwaterContainer().withInitScripts([createTable]).start();
  dynamodb = new DynamoDBClient(headwater.clientConfig());
});

after(async () => {
  dynamodb?.destroy();
  await headwater?.stop();
});

test("counts visits", async () => {
  const home = { TableName: "visits", Key: { page: { S: "/" } } };
  for (let visit = 0; visit < 3; visit++) {
    await dynamodb.send(
      new UpdateItemCommand({
        ...home,
        UpdateExpression: "ADD visits :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      }),
    );
  }
  const { Item } = await dynamodb.send(new GetItemCommand(home));
  assert.equal(Item.visits.N, "3");
});

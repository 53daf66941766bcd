// An init script: it runs in the container, and finds the emulator and the SDK there.
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";

await new DynamoDBClient().send(
  new CreateTableCommand({
    TableName: "visits",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "page", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "page", KeyType: "HASH" }],
  }),
);

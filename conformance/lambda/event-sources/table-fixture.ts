import {
  type AttributeValue,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  type StreamViewType,
} from "@aws-sdk/client-dynamodb";
import type { MappingFixture } from "../event-source-mapping-fixture.ts";

/** A table with a stream whose key is `id`. @returns the stream's ARN */
export async function tableWithStream(
  aws: MappingFixture,
  dynamodb: DynamoDBClient,
  TableName: string,
  StreamViewType: StreamViewType = "NEW_AND_OLD_IMAGES",
): Promise<string> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    }),
  );
  return aws.stepUntil(`table ${TableName} is active`, async () => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    return Table?.TableStatus === "ACTIVE" ? Table.LatestStreamArn : undefined;
  });
}

/** Puts items of a table, by their key. */
export const putInto =
  (dynamodb: DynamoDBClient, TableName: string) =>
  async (id: string, attributes: Record<string, AttributeValue> = {}): Promise<void> => {
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...attributes } }));
  };

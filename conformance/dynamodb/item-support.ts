import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { INDEXED, useTable, type Item } from "./support.ts";

type Without<T> = Omit<T, "TableName"> & { TableName?: string };

/** A table with an index, and the operations on its items as a test says them. */
export function useItemTable(client: DynamoDBClient) {
  const table = useTable(client, INDEXED);
  let next = 0;
  return {
    table,
    freshKey: (): Item => ({ pk: { S: `item-${++next}` } }),
    put: (input: Without<PutItemCommandInput>) => client.send(new PutItemCommand({ TableName: table, ...input })),
    get: (input: Without<GetItemCommandInput>) => client.send(new GetItemCommand({ TableName: table, ...input })),
    update: (input: Without<UpdateItemCommandInput>) =>
      client.send(new UpdateItemCommand({ TableName: table, ...input })),
    remove: (input: Without<DeleteItemCommandInput>) =>
      client.send(new DeleteItemCommand({ TableName: table, ...input })),
  };
}

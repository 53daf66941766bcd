import { useItemTable } from "./item-support.ts";
import { refusal, useDynamoDb } from "./support.ts";

const { client } = useDynamoDb();
const { freshKey, put, get, remove } = useItemTable(client);

describe("DeleteItem", () => {
  it("deletes once, answers the old item when asked, and takes it quietly the second time", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { S: "1" } } });
    expect((await remove({ Key, ReturnValues: "ALL_OLD" })).Attributes).toEqual({ ...Key, a: { S: "1" } });
    expect((await get({ Key })).Item).toBeUndefined();
    expect((await remove({ Key, ReturnValues: "ALL_OLD" })).Attributes).toBeUndefined();
  });

  it("deletes only what fits its condition", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { N: "1" } } });
    const when = (value: string) =>
      remove({ Key, ConditionExpression: "a > :v", ExpressionAttributeValues: { ":v": { N: value } } });
    expect(await refusal(when("1"))).toBe("ConditionalCheckFailedException: The conditional request failed");
    await when("0.5");
    expect((await get({ Key })).Item).toBeUndefined();
  });
});

/** Proves TagResource, UntagResource and ListTagsOfResource. */
import { ListTagsOfResourceCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-dynamodb";
import { createTable, describeTable, refusal, useDynamoDb } from "./support.ts";

const { client } = useDynamoDb();

describe("TagResource", () => {
  const list = (ResourceArn: string, NextToken?: string) =>
    client.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }));
  const arnOf = async (name: string) => (await describeTable(client, name))?.TableArn ?? "";

  it("adds, replaces and removes tags, and lists them by pages of ten", async () => {
    const ResourceArn = await arnOf(await createTable(client, { Tags: [{ Key: "k00", Value: "old" }] }));
    const Tags = Array.from({ length: 12 }, (_, i) => ({ Key: `k${String(i).padStart(2, "0")}`, Value: `${i}` }));
    await client.send(new TagResourceCommand({ ResourceArn, Tags }));
    const first = await list(ResourceArn);
    expect(first.Tags).toEqual(Tags.slice(0, 10));
    expect((await list(ResourceArn, first.NextToken)).Tags).toEqual(Tags.slice(10));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: Tags.slice(1).map(({ Key }) => Key) }));
    expect((await list(ResourceArn)).Tags).toEqual([{ Key: "k00", Value: "0" }]);
  });

  it("names the ARN that is not there, and one that is none", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/absent";
    expect(await refusal(list(arn))).toBe(
      `ResourceNotFoundException: Requested resource not found: ResourcArn: ${arn} not found`,
    );
    expect(await refusal(list("no-arn"))).toContain("ValidationException: Invalid TableArn");
  });
});

/** Proves TagResource, UntagResource and ListTagsOfResource. */
import {
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  type Tag,
} from "@aws-sdk/client-dynamodb";
import { callRaw } from "../raw-request.ts";
import {
  createTable,
  describeTable,
  INDEXED,
  invalid,
  refusal,
  uniqueName,
  useDynamoDb,
  validation,
} from "./support.ts";

const { target, client } = useDynamoDb();

const list = (ResourceArn: string, NextToken?: string) =>
  client.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }));
const tag = (ResourceArn: string, Tags: Tag[]) => client.send(new TagResourceCommand({ ResourceArn, Tags }));
const untag = (ResourceArn: string, TagKeys: string[]) =>
  client.send(new UntagResourceCommand({ ResourceArn, TagKeys }));
const arnOf = async (name: string) => (await describeTable(client, name))?.TableArn ?? "";
const numbered = (count: number, Value = "v"): Tag[] =>
  Array.from({ length: count }, (_, i) => ({ Key: `k${String(i).padStart(2, "0")}`, Value }));

describe("TagResource", () => {
  it("adds, replaces and removes tags, and lists them by pages of ten", async () => {
    const ResourceArn = await arnOf(await createTable(client, { Tags: [{ Key: "k00", Value: "old" }] }));
    const Tags = numbered(12);
    await tag(ResourceArn, Tags);
    const first = await list(ResourceArn);
    expect(first.Tags).toEqual(Tags.slice(0, 10));
    expect((await list(ResourceArn, first.NextToken)).Tags).toEqual(Tags.slice(10));
    await untag(ResourceArn, [...Tags.slice(1).map(({ Key = "" }) => Key), "never-there"]);
    expect((await list(ResourceArn)).Tags).toEqual([{ Key: "k00", Value: "v" }]);
  });

  it("answers with an empty body, as AWS does what has no output", async () => {
    const ResourceArn = await arnOf(await createTable(client));
    const raw = async (operation: string, more: object) => {
      const body = JSON.stringify({ ResourceArn, ...more });
      const answer = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, body);
      return [answer.status, answer.headers.get("content-type"), await answer.text()];
    };
    expect(await raw("TagResource", { Tags: numbered(1) })).toEqual([200, "application/x-amz-json-1.0", ""]);
    expect(await raw("UntagResource", { TagKeys: ["k00"] })).toEqual([200, "application/x-amz-json-1.0", ""]);
  });

  it("gives streams tags of their own, which no other stream of the table has", async () => {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "KEYS_ONLY" as const };
    const TableName = await createTable(client, { StreamSpecification, Tags: [{ Key: "of", Value: "table" }] });
    const { TableArn = "", LatestStreamArn = "" } = (await describeTable(client, TableName)) ?? {};
    expect((await list(LatestStreamArn)).Tags).toEqual([]);
    await tag(LatestStreamArn, [
      { Key: "of", Value: "stream" },
      { Key: "more", Value: "" },
    ]);
    await untag(LatestStreamArn, ["more"]);
    expect((await list(LatestStreamArn)).Tags).toEqual([{ Key: "of", Value: "stream" }]);
    expect((await list(TableArn)).Tags).toEqual([{ Key: "of", Value: "table" }]);
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
    expect((await list(LatestStreamArn)).Tags).toEqual([{ Key: "of", Value: "stream" }]);
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    expect((await list((await describeTable(client, TableName))?.LatestStreamArn ?? "")).Tags).toEqual([]);
    const absent = `${TableArn}/stream/2020-01-01T00:00:00.000`;
    expect(await refusal(list(absent))).toBe(
      `ResourceNotFoundException: Requested resource not found: ResourcArn: ${absent} not found`,
    );
  });

  it("names the ARN that is not there, and one that is of nothing with tags", async () => {
    const arn = "arn:aws:dynamodb:us-east-1:000000000000:table/absent";
    expect(await refusal(list(arn))).toBe(
      `ResourceNotFoundException: Requested resource not found: ResourcArn: ${arn} not found`,
    );
    expect(await refusal(list("no-arn"))).toBe(invalid("ARNs must start with 'arn:': no-arn"));
    const index = `${await arnOf(await createTable(client, INDEXED))}/index/index`;
    for (const call of [list(index), tag(index, numbered(1)), untag(index, ["a"])]) {
      expect(await refusal(call)).toBe(
        invalid(`Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${index}`),
      );
    }
  });

  it("takes letters of all scripts by their number, and refuses other signs, too many and too large ones", async () => {
    const ResourceArn = await arnOf(await createTable(client));
    await tag(ResourceArn, [{ Key: "א".repeat(128), Value: "Ѯ ".repeat(128) }]);
    for (const [Key, Value] of [
      ["hi!", "dog"],
      ["dog", "d%g"],
      ["->>;-)])", "ok"],
    ]) {
      expect(await refusal(tag(ResourceArn, [{ Key, Value }]))).toMatch(/^ValidationException: /);
    }
    expect(await refusal(tag(ResourceArn, []))).toBe(validation("Atleast one Tag needs to be provided as Input."));
    await tag(ResourceArn, numbered(40));
    expect(await refusal(tag(ResourceArn, [...numbered(40, "x"), ...numbered(60).slice(40)]))).toBe(
      invalid("Number of tags exceeds the limit of 50"),
    );
    expect(await refusal(tag(ResourceArn, numbered(40, "x".repeat(256))))).toBe(
      invalid("Size of tags exceeds the limit of 10240 bytes"),
    );
    const TableName = uniqueName("not-made");
    expect(await refusal(createTable(client, { TableName, Tags: numbered(51) }))).toMatch(/^ValidationException: /);
    expect(await refusal(describeTable(client, TableName))).toContain("ResourceNotFoundException");
  });
});

import { crc32, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import http from "node:http";
import { authorization } from "../raw-request.ts";
import { useItemTable } from "./item-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  EMPTY_KEY,
  globalIndex,
  invalid,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { target, client } = useDynamoDb();
const { table, freshKey, put, get } = useItemTable(client);

describe("GetItem", () => {
  it.each<[string, Item, string]>([
    ["no key", {}, validation("The provided key element does not match the schema")],
    [
      "more than the key",
      { pk: { S: "a" }, b: { S: "b" } },
      validation("The provided key element does not match the schema"),
    ],
    ["a key of another type", { pk: { N: "1" } }, validation("The provided key element does not match the schema")],
    ["an empty key", { pk: { S: "" } }, validation(EMPTY_KEY)],
    [
      "a key that is too long",
      { pk: { S: "x".repeat(2049) } },
      invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    ],
  ])("refuses %s", async (_what, Key, message) => {
    expect(await refusal(get({ Key }))).toBe(message);
  });

  it("answers nothing for a key that is not there", async () => {
    expect((await get({ Key: freshKey() })).Item).toBeUndefined();
  });

  it("projects paths into documents", async () => {
    const Key = freshKey();
    await put({ Item: { ...Key, a: { M: { b: { L: [{ N: "1" }, { N: "2" }] }, c: { S: "no" } } }, d: { S: "no" } } });
    const { Item } = await get({
      Key,
      ProjectionExpression: "#a.b[1], absent",
      ExpressionAttributeNames: { "#a": "a" },
    });
    expect(Item).toEqual({ a: { M: { b: { L: [{ N: "2" }] } } } });
  });

  it("finds a number however it is written", async () => {
    const TableName = await createTable(client, { AttributeDefinitions: attributes({ pk: "N" }) });
    await put({ TableName, Item: { pk: { N: "10" }, a: { S: "ten" } } });
    expect((await get({ TableName, Key: { pk: { N: "1.00e1" } } })).Item?.["a"]).toEqual({ S: "ten" });
  });

  it("tells keys apart whose parts only join to the same bytes", async () => {
    const TableName = await createSorted(client);
    await put({ TableName, Item: { pk: { S: "a" }, sk: { S: "b\u0000c" } } });
    await put({ TableName, Item: { pk: { S: "a" }, sk: { S: "b" }, only: { BOOL: true } } });
    expect((await get({ TableName, Key: { pk: { S: "a" }, sk: { S: "b" } } })).Item?.["only"]).toEqual({ BOOL: true });
    expect((await get({ TableName, Key: { pk: { S: "a\u0000b" }, sk: { S: "c" } } })).Item).toBeUndefined();
  });

  it("keeps keys of the greatest length, whatever bytes they are of", async () => {
    const TableName = await createSorted(
      client,
      {
        AttributeDefinitions: attributes({ pk: "B", sk: "B", g: "B" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g", "sk")],
      },
      "B",
    );
    const Key = { pk: { B: new Uint8Array(2048) }, sk: { B: new Uint8Array(1024) } };
    await put({ TableName, Item: { ...Key, g: { B: new Uint8Array(2048) } } });
    expect((await get({ TableName, Key })).Item?.["g"]?.B).toHaveLength(2048);
  });

  it("counts reads in half units of 4 KB, and what is not there as one", async () => {
    const Key = freshKey();
    const read = async (ConsistentRead: boolean) =>
      (await get({ Key, ConsistentRead, ReturnConsumedCapacity: "INDEXES" })).ConsumedCapacity;
    expect(await read(false)).toEqual({ TableName: table, CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } });
    await put({ Item: { ...Key, a: { S: "x".repeat(4096) } } });
    expect((await read(false))?.CapacityUnits).toBe(1);
    expect((await read(true))?.CapacityUnits).toBe(2);
  });
});

/** As the bytes are on the wire. */
const sendRaw = (operation: string, body: string | Uint8Array, headers: http.OutgoingHttpHeaders = {}) =>
  new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const own = { "x-amz-target": `DynamoDB_20120810.${operation}`, authorization: authorization("dynamodb") };
    const request = http.request(target.endpoint, { method: "POST", headers: { ...own, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });

describe("an answer of DynamoDB", () => {
  const Key = { pk: { S: "large" } };
  const read = (accepted: string | undefined, ProjectionExpression?: string) =>
    sendRaw(
      "GetItem",
      JSON.stringify({ TableName: table, Key, ...(ProjectionExpression && { ProjectionExpression }) }),
      {
        ...(accepted !== undefined && { "accept-encoding": accepted }),
      },
    );
  beforeAll(() => put({ Item: { ...Key, x: { S: "x".repeat(4070) } } }));

  it.each([
    [undefined, undefined],
    ["gzip", "gzip"],
    ["deflate", "deflate"],
    ["GZIP, identity", "gzip"],
    ["br, identity, deflate, gzip", "deflate"],
    ["dog, gzip ,, cat", "gzip"],
    ["br", undefined],
    ["x-gzip", undefined],
    ['"gzip"', undefined],
    ["gzip br", undefined],
    ["gzip:q=1", undefined],
    ["gzip ;q=0", undefined],
    ["gzip;nq=1;q=0 ", undefined],
    ["gzip;q=0.8, deflate;q=0.5", "gzip"],
    ["deflate;q=0.5, gzip;q=0.2", "deflate"],
    ["br, gzip;q=0, deflate; q = 0.5 , identity;q=0", "deflate"],
    ["gzip;q=0.5,identity;q=0.8", "gzip"],
    ["gzip;q=0, gzip;q=1, gzip;q=0", "gzip"],
    ["identity;q=0", undefined],
    ["*", "gzip"],
    ["*;q=0", undefined],
    ["*, deflate", "deflate"],
    ["*, deflate;q=0.5", "gzip"],
    ["*, gzip;q=0.5", "deflate"],
    ["*;q=0.5,identity", "gzip"],
    ["br;q=0.8,identity;q=0.5,*;q=0", undefined],
    ["deflate;q=0.5, gzip;q=31", "gzip"],
    ["gzip;q=31,deflate;q=51", "gzip"],
    ["deflate;q=0.5, gzip;q=1;q=0.2", "gzip"],
    ["deflate;q=0.5,gzip;q=0.", "deflate"],
    ["deflate;q=0.5,gzip;q=0.x", "gzip"],
    ["deflate;q=-0.5,gzip;q=0.2", "gzip"],
    ["br,identity;q=0.5,gzip;q=0.0001", "gzip"],
  ])("to a client that accepts %j is encoded as %j, with the CRC of what is sent", async (accepted, coding) => {
    const { headers, body } = await read(accepted);
    expect([headers["content-encoding"], headers["x-amz-crc32"]]).toEqual([coding, String(crc32(body))]);
    const decode = { gzip: gunzipSync, deflate: inflateSync }[coding ?? ""] ?? ((bytes: Buffer) => bytes);
    expect(JSON.parse(decode(body).toString())).toMatchObject({ Item: Key });
  });

  it("is not encoded where it is smaller than 4 KB, and has a CRC also when it is an error", async () => {
    const { headers, body } = await read("gzip", "x");
    expect([headers["content-encoding"], body.length]).toEqual([undefined, 4093]);
    const error = await sendRaw("GetItem", JSON.stringify({ TableName: "absent", Key }));
    expect([error.status, error.headers["x-amz-crc32"]]).toEqual([400, String(crc32(error.body))]);
  });

  it("says that the server failed to a body that is not encoded as its header says", async () => {
    const body = JSON.stringify({ TableName: table, Key });
    const status = async (bytes: string | Uint8Array, coding: string) =>
      (await sendRaw("GetItem", bytes, { "content-encoding": coding })).status;
    const [half, rest] = [gzipSync(body.slice(0, 10)), gzipSync(body.slice(10))];
    expect(await status(gzipSync(body), "gzip")).toBe(200);
    expect(await status(Buffer.concat([half, rest]), "gzip")).toBe(200);
    expect(await status(body, "gzip")).toBe(500);
    expect(await status(gzipSync(body).subarray(0, -1), "gzip")).toBe(500);
    expect(await status(body, "garbage")).toBe(500);
  });
});

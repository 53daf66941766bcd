import http from "node:http";
import http2 from "node:http2";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { authorization } from "../raw-request.ts";
import { iterator, useKinesis } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const RECORDS = 40;
const RECORD_BYTES = 20_000;
const STREAMS = 4;
const READS = 36;

/** An answer's whole body, or nothing when the client goes away after the first of it. */
type Read = (headers: Readonly<Record<string, string>>, body: string, isGiven: boolean) => Promise<string | undefined>;

const overHttp1: (url: URL) => Read = (url) => (headers, body, isGiven) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: "POST", headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (isGiven) return;
        resolve(undefined);
        response.destroy();
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", (error) => (isGiven ? reject(error) : resolve(undefined)));
    });
    request.on("error", (error) => (isGiven ? reject(error) : resolve(undefined)));
    request.end(body);
  });

const overHttp2 =
  (session: http2.ClientHttp2Session): Read =>
  (headers, body, isGiven) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": "/", ...headers });
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (isGiven) return;
        resolve(undefined);
        stream.close(http2.constants.NGHTTP2_CANCEL);
      });
      stream.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      stream.on("error", reject);
      stream.end(body);
    });

describe("GetRecords, from many readers some of whom go away in the middle", () => {
  // answers share memory one after the other: nobody may ever see another's
  it.each(["HTTP/1.1", "HTTP/2"])("gives each of them its own records over %s", async (wire) => {
    const names: string[] = [];
    for (let index = 0; index < STREAMS; index++) {
      const StreamName = await on.stream();
      names.push(StreamName);
      const Data = Buffer.alloc(RECORD_BYTES, String(index));
      const Records = Array.from({ length: RECORDS }, () => ({ PartitionKey: StreamName, Data }));
      await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    }
    const { endpoint } = on.target;
    const session = wire === "HTTP/2" ? http2.connect(endpoint) : undefined;
    const read = session ? overHttp2(session) : overHttp1(new URL(endpoint));
    const texts = await Promise.all(
      Array.from({ length: READS }, async (_, index) => {
        const StreamName = names[index % STREAMS] as string;
        const ShardIterator = await iterator(kinesis, StreamName);
        const headers = {
          "x-amz-target": "Kinesis_20131202.GetRecords",
          "content-type": "application/x-amz-json-1.1",
          authorization: authorization("kinesis"),
        };
        return { StreamName, text: await read(headers, JSON.stringify({ ShardIterator }), index % 3 !== 0) };
      }),
    );
    session?.close();
    const whole = texts.filter(({ text }) => text !== undefined);
    expect(whole.length).toBeGreaterThanOrEqual((READS * 2) / 3);
    for (const { StreamName, text } of whole) {
      const { Records } = JSON.parse(text as string) as { Records: { PartitionKey: string; Data: string }[] };
      const Data = Buffer.alloc(RECORD_BYTES, String(names.indexOf(StreamName))).toString("base64");
      expect(Records).toHaveLength(RECORDS);
      expect(Records.every((record) => record.PartitionKey === StreamName && record.Data === Data)).toBe(true);
    }
  });
});

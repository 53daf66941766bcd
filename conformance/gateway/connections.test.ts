import { jest } from "@jest/globals";
import { readdirSync } from "node:fs";
import http2 from "node:http2";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startEmulator, type RunningEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";
import { authorization } from "../raw-request.ts";
import { eventually } from "../target.ts";

const BODY = Buffer.alloc(3_000_000, "b");

const directory = useDataDirectory();
let emulator: RunningEmulator;
let s3: S3Client;

beforeEach(async () => {
  emulator = await startEmulator({ port: 0, logLevel: "error", dataDirectory: directory() });
  s3 = new S3Client({ ...emulator.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "large" }));
  await s3.send(new PutObjectCommand({ Bucket: "large", Key: "key", Body: BODY }));
});

afterEach(async () => {
  s3.destroy();
  await emulator.stop();
});

/** Sends requests for the object one behind the other, without waiting for an answer. */
function pipelined(count: number): Socket {
  const { port, host } = new URL(emulator.endpoint);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(
    `GET /large/key HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization("s3")}\r\n\r\n`.repeat(count),
  );
  return socket;
}

const filesOfBodies = (): string[] =>
  readdirSync(join(directory(), "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe("requests one behind the other on a connection", () => {
  it("are all answered before the emulator stops", async () => {
    const socket = pipelined(3);
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    await eventually("the first bytes", async () => (bytes > 0 ? true : undefined));
    await emulator.stop();
    await closed;
    expect(bytes).toBeGreaterThan(3 * BODY.length);
  });

  it("hold nothing any more when their client goes", async () => {
    const socket = pipelined(4);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    expect(filesOfBodies()).toHaveLength(1);
    await s3.send(new DeleteObjectCommand({ Bucket: "large", Key: "key" }));
    await eventually("the body's file is gone", async () => (filesOfBodies().length === 0 ? true : undefined));
    expect(filesOfBodies()).toEqual([]);
  });
});

describe("a request over HTTP/2 whose client takes it back", () => {
  const CHUNKED = {
    "content-encoding": "aws-chunked",
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "9000000",
  };

  it.each([
    ["a body", {}, BODY],
    ["a body in aws-chunks", CHUNKED, Buffer.concat([Buffer.from(`${(9_000_000).toString(16)}\r\n`), BODY])],
  ])("leaves nothing behind and no word in the log: %s", async (_what, headers, beginning) => {
    const log = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const session = http2.connect(emulator.endpoint);
    try {
      const put = {
        ":method": "PUT",
        ":path": "/large/new",
        "content-length": "9000100",
        authorization: authorization("s3"),
      };
      const stream = session.request({ ...put, ...headers });
      stream.write(beginning);
      await eventually("the body's beginning", async () => (filesOfBodies().length === 2 ? true : undefined));
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await eventually("the body's end", async () => (filesOfBodies().length === 1 ? true : undefined));
      expect(log.mock.calls.map(([line]) => String(line))).toEqual([]);
    } finally {
      log.mockRestore();
      session.destroy();
    }
  });
});

it("a request over HTTP/2 is answered whatever it expects", async () => {
  const session = http2.connect(emulator.endpoint);
  const of = { ":path": "/large/key", expect: "200", authorization: authorization("s3") };
  const stream = session.request({ ":method": "HEAD", ...of });
  const [head] = (await once(stream, "response")) as [http2.IncomingHttpHeaders & { ":status": number }];
  expect(head[":status"]).toBe(200);
  session.destroy();
});

describe("fake timers of the test that the emulator runs in", () => {
  it("are none of the emulator's", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask"] });
    const dynamodb = new DynamoDBClient(emulator.clientConfig());
    try {
      expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
      await s3.send(new PutObjectCommand({ Bucket: "large", Key: "small", Body: "b" }));
    } finally {
      jest.useRealTimers();
      dynamodb.destroy();
    }
  });
});

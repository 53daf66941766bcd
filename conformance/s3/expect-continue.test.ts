import { readdirSync } from "node:fs";
import http from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { jest } from "@jest/globals";
import { useDataDirectory } from "../data-directory.ts";
import { authorization } from "../raw-request.ts";
import { openTarget } from "../target.ts";
import { bucketName } from "../targets/current.ts";
import { useS3 } from "./fixture.ts";

const Bucket = bucketName("expectant");
const { send, target } = useS3({ bucket: Bucket });

/** Sends a head and waits for the first line of an answer; sends the body only when it is asked for it. @returns all first lines */
function put(path: string, body: string): Promise<{ lines: string[]; sentBody: boolean }> {
  const { hostname, port } = new URL(target.endpoint);
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let sentBody = false;
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `PUT ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${authorization("s3")}\r\n` +
          `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
      );
    });
    socket.on("error", reject);
    socket.on("data", (data: Buffer) => {
      lines.push(
        ...data
          .toString("latin1")
          .split("\r\n")
          .filter((line) => line.startsWith("HTTP/1.1 ")),
      );
      if (lines.at(-1)?.startsWith("HTTP/1.1 100") === true && !sentBody) {
        sentBody = true;
        socket.write(body);
      } else {
        socket.destroy();
        resolve({ lines, sentBody });
      }
    });
  });
}

describe("Expect: 100-continue", () => {
  it("is answered when somebody reads the body", async () => {
    const answer = await put(`/${Bucket}/k`, "expected");
    expect(answer).toEqual({ lines: ["HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"], sentBody: true });
    expect((await send({ path: `/${Bucket}/k` })).body).toBe("expected");
  });

  it.each([
    ["a bucket", "/no-such-bucket/k"],
    ["an upload", `/${Bucket}/k?partNumber=1&uploadId=none`],
  ])("spares a client the body for %s that is not there", async (_what, path) => {
    expect(await put(path, "x".repeat(1_000))).toEqual({ lines: ["HTTP/1.1 404 Not Found"], sentBody: false });
  });
});

describe("a refusal before the end of the body", () => {
  const LARGE = Buffer.alloc(20 * 1024 * 1024);
  const FORM = ["key", "file"].map((name) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`);

  it.each<[string, number, string, string, http.OutgoingHttpHeaders, Buffer]>([
    ["before it", 404, "PUT", "/no-such-bucket/k", {}, LARGE],
    [
      "at a chunk that is none",
      400,
      "PUT",
      `/${Bucket}/k`,
      { "content-encoding": "aws-chunked", "x-amz-decoded-content-length": "20000000" },
      Buffer.concat([Buffer.from("2000\r\n"), LARGE]),
    ],
    [
      "at the fields of a form",
      403,
      "POST",
      `/${Bucket}`,
      { authorization: undefined, "content-type": "multipart/form-data; boundary=b" },
      Buffer.concat([Buffer.from(FORM.join("k\r\n")), LARGE, Buffer.from("\r\n--b--\r\n")]),
    ],
  ])(
    "reaches a client that sends all of it first, and leaves the connection open: %s",
    async (_where, status, ...asked) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const { hostname, port } = new URL(target.endpoint);
      const ask = (method: string, path: string, more: http.OutgoingHttpHeaders = {}, body?: Buffer) =>
        new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
          const given = { authorization: authorization("s3"), ...(body && { "content-length": body.length }), ...more };
          const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
          const request = http.request({ agent, hostname, port, method, path, headers });
          request.on("error", reject);
          request.on("response", (answer) => {
            const local = answer.socket.localPort;
            answer.resume().on("end", () => resolve({ status: answer.statusCode, port: local }));
          });
          request.end(body);
        });
      const refused = await ask(...asked);
      expect(refused.status).toBe(status);
      expect(await ask("GET", "/")).toEqual({ status: 200, port: refused.port });
      agent.destroy();
    },
  );
});

describe("a client that goes away in the middle of a body", () => {
  const directory = useDataDirectory();
  const KB = 1024;

  /** Sends a head and some of the body it announces, and is gone. */
  const breakOff = (endpoint: string, path: string, headers: readonly string[], some: string, method = "PUT") => {
    const { hostname, port } = new URL(endpoint);
    return new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        const head = [
          `${method} ${path} HTTP/1.1`,
          `Host: ${hostname}:${port}`,
          `Authorization: ${authorization("s3")}`,
        ];
        socket.write(`${[...head, ...headers].join("\r\n")}\r\n\r\n${some}`, () => socket.destroy());
      });
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
  };

  const plain = [`Content-Length: ${1024 * KB}`];
  const chunked = [
    "Content-Encoding: aws-chunked",
    "X-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "X-Amz-Trailer: x-amz-checksum-crc32",
    `X-Amz-Decoded-Content-Length: ${1000 * KB}`,
    ...plain,
  ];
  const data = (kilobytes: number) => "x".repeat(kilobytes * KB);
  const frame = (kilobytes: number) => `${(kilobytes * KB).toString(16)}\r\n${data(kilobytes)}`;
  const form = ["Content-Type: multipart/form-data; boundary=b", ...plain];

  /** All that can break off, on an emulator that is stopped behind it. @returns what there is then */
  async function breakAllOff() {
    await using emulator = await openTarget({ dataDirectory: directory() });
    const s3 = new S3Client({ ...emulator.clientConfig(), forcePathStyle: true, maxAttempts: 1 });
    await s3.send(new CreateBucketCommand({ Bucket }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
    const of = (...args: readonly [string, readonly string[], string, string?]) => breakOff(emulator.endpoint, ...args);
    for (const path of [`/${Bucket}/k`, `/${Bucket}/parts?partNumber=1&uploadId=${UploadId}`]) {
      for (const expect of [[], ["Expect: 100-continue"]]) {
        for (const some of ["", data(1), data(200)]) await of(path, [...plain, ...expect], some);
        for (const some of ["", "10", frame(8), `${frame(200)}\r\n`]) await of(path, [...chunked, ...expect], some);
      }
    }
    await of(`/${Bucket}?delete`, plain, "<Delete>", "POST");
    await of(`/${Bucket}`, form, '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n', "POST");
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket, Key: "parts", UploadId }));
    s3.destroy();
    return [...Versions, ...Parts];
  }

  it("leaves nothing behind, and no word in the log", async () => {
    const log = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const left = await breakAllOff();
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(lines).toEqual([]);
    expect([left, readdirSync(join(directory(), "blobs", "s3"))]).toEqual([[], []]);
  });
});

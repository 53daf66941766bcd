import { connect } from "node:net";
import http from "node:http";
import http2 from "node:http2";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { authorization } from "../raw-request.ts";
import { useTarget } from "../target.ts";

/** Printed by fast-check with a failing case; set FUZZ_SEED to run the same again, FUZZ_RUNS for more. */
const SEED = Number(process.env["FUZZ_SEED"] ?? 20260321);
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 300);

const target = useTarget();

/** Sends bytes as they are; answers what came back before the socket closed or went quiet. */
function sendRaw(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(new URL(target.endpoint).port), "127.0.0.1");
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    socket.on("connect", () => socket.end(bytes));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("close", done);
    socket.on("error", done);
    socket.setTimeout(1_000, done);
  });
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function request(
  headers: http.OutgoingHttpHeaders,
  body: string | Buffer = "",
  path = "/",
  method = "POST",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(target.endpoint + path, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const { statusCode: status = 0, headers: answered } = answer;
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const signed = (service: string): http.OutgoingHttpHeaders => ({
  authorization: authorization(service),
});

const json = (targetName: string, service: string): http.OutgoingHttpHeaders => ({
  ...signed(service),
  "x-amz-target": targetName,
  "content-type": "application/x-amz-json-1.1",
});

const expectAlive = async () => {
  const sts = new STSClient(target.clientConfig());
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
};

describe("Host and Origin", () => {
  it("refuses a Host that is not the emulator's, whatever path it asks for", async () => {
    for (const path of ["/", "/_headwater/health", "/bucket/key"]) {
      const answer = await request({ ...signed("s3"), host: "attacker.example" }, "", path, "GET");
      expect(answer.status).toBe(403);
      expect(answer.body).toContain("attacker.example");
    }
  });

  it("takes loopback names and names below localhost", async () => {
    for (const host of ["localhost", "127.0.0.1:1", "[::1]:4566", "bucket.s3.localhost:4566"]) {
      expect((await request({ host }, "", "/_headwater/health", "GET")).status).toBe(200);
    }
  });

  it("refuses what a page of a foreign origin sends, preflight included", async () => {
    const headers = json("Kinesis_20131202.ListStreams", "kinesis");
    for (const origin of ["https://attacker.example", "null", "http://localhost.attacker.example"]) {
      expect((await request({ ...headers, origin }, "{}")).status).toBe(403);
      expect((await request({ origin }, "", "/", "OPTIONS")).status).toBe(403);
    }
    expect((await request({ ...headers, "sec-fetch-site": "cross-site" }, "{}")).status).toBe(403);
  });

  it("answers a page of this machine as AWS answers pages of any origin, errors too", async () => {
    const origin = "http://localhost:3000";
    const unsigned = { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" };
    const cbor = { ...signed("monitoring"), "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" };
    for (const [headers, status, path] of [
      [json("Kinesis_20131202.ListStreams", "kinesis"), 200],
      [json("DynamoDB_20120810.DescribeTable", "dynamodb"), 400],
      [json("AmazonSQS.GetQueueUrl", "sqs"), 400],
      [unsigned, 403],
      [cbor, 200, "/service/GraniteServiceVersion20100801/operation/ListMetrics"],
    ] as const) {
      const body = headers === cbor ? Buffer.of(0xa0) : "{}";
      const answer = await request({ ...headers, origin }, body, path);
      expect(answer).toMatchObject({ status, headers: { "access-control-allow-origin": "*" } });
      const exposed = answer.headers["access-control-expose-headers"]?.split(",");
      const told = Object.keys(answer.headers).filter((name) => /^(?:x-amz|smithy)/.test(name));
      expect(told).toContain("x-amzn-requestid");
      expect(exposed).toEqual(expect.arrayContaining(told));
    }
    const plain = await request(json("Kinesis_20131202.ListStreams", "kinesis"), "{}");
    const fromS3 = await request({ ...signed("s3"), origin }, "", "/", "GET");
    for (const answer of [plain, fromS3]) {
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  it.each([
    ["/", "authorization,x-amz-target"],
    ["/2015-03-31/functions", "authorization"],
    ["/restapis/id", "authorization,x-amz-date"],
    ["/000000000000/queue", "authorization,x-amz-date"],
    ["/service/GraniteServiceVersion20100801/operation/ListMetrics", "authorization,smithy-protocol"],
  ])("lets a page of this machine call, asked before at %s", async (path, names) => {
    const asked = {
      origin: "http://127.0.0.1:5173",
      "access-control-request-method": "POST",
      "access-control-request-headers": names,
    };
    expect(await request(asked, "", path, "OPTIONS")).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": names,
        "access-control-max-age": "172800",
      },
      body: "",
    });
    const { "access-control-request-method": _method, ...rest } = asked;
    expect((await request(rest, "", path, "OPTIONS")).status).toBeGreaterThanOrEqual(400);
  });
});

describe("malformed requests", () => {
  it.each([
    ["bad JSON", "Kinesis_20131202.PutRecord", "kinesis", "{"],
    ["a JSON that is no object", "Kinesis_20131202.PutRecord", "kinesis", "[]"],
    ["a wrong type", "Kinesis_20131202.CreateStream", "kinesis", '{"StreamName":5}'],
    [
      "a blob that is no base64",
      "Kinesis_20131202.PutRecord",
      "kinesis",
      '{"StreamName":"s","PartitionKey":"p","Data":"%%%%"}',
    ],
    ["a wrong type deep inside", "DynamoDB_20120810.PutItem", "dynamodb", '{"TableName":"t","Item":{"a":{"S":1}}}'],
  ])("answers %s with SerializationException", async (_what, operation, service, body) => {
    const answer = await request(json(operation, service), body);
    expect(answer.status).toBe(400);
    expect((JSON.parse(answer.body) as { __type: string }).__type).toMatch(/SerializationException$/);
  });

  it("refuses an operation that AWS does not have, and names one that Headwater does not have", async () => {
    const unknown = await request(json("Kinesis_20131202.MakeCoffee", "kinesis"), "{}");
    expect([unknown.status, JSON.parse(unknown.body)]).toEqual([
      400,
      { __type: "UnknownOperationException", message: "Unknown operation: MakeCoffee" },
    ]);
    const unsupported = await request(json("Kinesis_20131202.CreateChannel", "kinesis"), "{}");
    expect([unsupported.status, JSON.parse(unsupported.body)]).toEqual([
      501,
      { __type: "NotImplemented", message: "kinesis:CreateChannel is not supported by Headwater." },
    ]);
    const service = await request(json("AWSGlue.GetTables", "glue"), "{}");
    expect([service.status, service.body]).toEqual([501, expect.stringContaining("The service glue")]);
  });

  it("names a service that Headwater does not have in the form that its clients read", async () => {
    const form = { ...signed("rds"), "content-type": "application/x-www-form-urlencoded" };
    const query = await request(form, "Action=DescribeDBInstances&Version=2014-10-31");
    expect([query.status, query.body]).toEqual([
      501,
      expect.stringMatching(/^<ErrorResponse.*<Code>NotImplemented<\/Code><Message>The service rds is not supported/),
    ]);
    const xml = await request(signed("route53"), "", "/2013-04-01/hostedzone", "GET");
    expect(xml.body).toMatch(/<Error><Code>NotImplemented<\/Code><Message>The service route53 is not supported/);
  });

  it("refuses an unsigned request", async () => {
    const answer = await request({ "x-amz-target": "Kinesis_20131202.ListStreams" }, "{}");
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      403,
      { __type: "MissingAuthenticationTokenException", message: "Missing Authentication Token" },
    ]);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const query = await request(form, "Action=ListStacks&Version=2010-05-15");
    expect([query.status, query.body]).toEqual([
      403,
      expect.stringContaining("<Code>MissingAuthenticationToken</Code>"),
    ]);
    const lambda = await request({}, "", "/2015-03-31/functions", "GET");
    expect([lambda.status, lambda.body]).toEqual([403, expect.stringContaining("Missing Authentication Token")]);
  });

  it("refuses a body beyond the limit, also one that only gzip makes small", async () => {
    const headers = json("Kinesis_20131202.PutRecords", "kinesis");
    const large = Buffer.alloc(64 * 1024 * 1024, 0x20);
    expect(
      (await request({ ...headers, "content-length": String(large.length) }, "").catch(() => ({ status: 0 }))).status,
    ).toBe(413);
    expect((await request({ ...headers, "content-encoding": "gzip" }, gzipSync(large))).status).toBe(413);
    expect((await request({ ...headers, "content-encoding": "gzip" }, "not gzip")).status).toBe(400);
    const list = json("Kinesis_20131202.ListStreams", "kinesis");
    expect((await request({ ...list, "content-encoding": "gzip" }, gzipSync("{}"))).status).toBe(200);
  });

  it("answers huge headers with 431", async () => {
    expect(
      await sendRaw(Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: ${"a".repeat(100_000)}\r\n\r\n`)),
    ).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("closes the socket of a body that ends early", async () => {
    const head =
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Kinesis_20131202.PutRecord\r\nContent-Length: 100\r\n\r\n{";
    expect(await sendRaw(Buffer.from(head))).not.toContain("200 OK");
    await expectAlive();
  });
});

describe("random input", () => {
  it("never ends the process: random bytes on the port", async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 2_000 });
    const http1 = fc
      .tuple(fc.string(), fc.uint8Array({ maxLength: 200 }))
      .map(([head, rest]) => Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${head}`), rest]));
    const h2 = fc
      .uint8Array({ maxLength: 500 })
      .map((rest) => Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), rest]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, http1, h2), async (sent) => {
        const answer = await sendRaw(sent);
        if (answer.startsWith("HTTP/1.1")) expect(answer).toMatch(/^HTTP\/1\.1 [45]\d\d /);
        expect(answer).not.toMatch(/^HTTP\/1\.1 500 /);
      }),
      { seed: SEED, numRuns: Math.ceil(RUNS / 3) },
    );
    await expectAlive();
  }, 120_000);

  const operations = [
    ["Kinesis_20131202.PutRecords", "kinesis"],
    ["Kinesis_20131202.CreateStream", "kinesis"],
    ["Kinesis_20131202.GetShardIterator", "kinesis"],
    ["Kinesis_20131202.GetRecords", "kinesis"],
    ["DynamoDB_20120810.CreateTable", "dynamodb"],
    ["DynamoDB_20120810.PutItem", "dynamodb"],
    ["DynamoDB_20120810.Query", "dynamodb"],
    ["DynamoDB_20120810.UpdateItem", "dynamodb"],
    ["DynamoDB_20120810.TransactWriteItems", "dynamodb"],
    ["Logs_20140328.PutLogEvents", "logs"],
    ["Logs_20140328.FilterLogEvents", "logs"],
  ] as const;
  const names = [
    ...[
      "StreamName",
      "Records",
      "Data",
      "PartitionKey",
      "ShardCount",
      "ShardId",
      "ShardIterator",
      "Limit",
      "TableName",
    ],
    ...[
      "Item",
      "Key",
      "KeySchema",
      "AttributeDefinitions",
      "UpdateExpression",
      "KeyConditionExpression",
      "TransactItems",
    ],
    ...[
      "ExpressionAttributeValues",
      "S",
      "N",
      "B",
      "M",
      "L",
      "logGroupName",
      "logEvents",
      "filterPattern",
      "__proto__",
    ],
  ];

  it("never answers 5xx nor ends the process: JSON of any shape for real operations", async () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names), tie("node"), { maxKeys: 6 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), value, async ([operation, service], body) => {
        const { status } = await request(json(operation, service), JSON.stringify(body));
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    await expectAlive();
  }, 120_000);

  it("never answers 5xx but a refusal: random methods, paths, queries and forms", async () => {
    const path = fc.string({ maxLength: 60 }).map((text) => `/${encodeURI(text).replaceAll("#", "")}`);
    const parts = fc.record({
      method: fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"),
      service: fc.constantFrom("s3", "lambda", "iam", "cloudformation", "sts"),
      path: fc.oneof(path, fc.constantFrom("/b/%zz", "/b/../../etc/passwd", "/%2e%2e/%2e%2e", "/b/%00")),
      body: fc.oneof(fc.string(), fc.constantFrom("<a>", "<?xml?>", "{", "Action=CreateRole&RoleName=", "Action=%")),
      type: fc.constantFrom("application/x-www-form-urlencoded", "application/json", "application/xml"),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ method, service, path: where, body, type }) => {
        const { status } = await request(
          { ...signed(service), "content-type": type },
          method === "GET" || method === "HEAD" ? "" : body,
          where,
          method,
        );
        expect(status === 501 || (status >= 200 && status < 500)).toBe(true);
      }),
      { seed: SEED, numRuns: RUNS },
    );
    await expectAlive();
  }, 120_000);
});

describe("HTTP/2", () => {
  it("answers prior-knowledge HTTP/2 on the same port", async () => {
    const session = http2.connect(target.endpoint);
    const stream = session.request({ ":path": "/_headwater/health", ":method": "GET" });
    const status = await new Promise((resolve, reject) => {
      stream.on("response", (headers) => resolve(headers[":status"]));
      stream.on("error", reject);
    });
    session.close();
    expect(status).toBe(200);
  });
});

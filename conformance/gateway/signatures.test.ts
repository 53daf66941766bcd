import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { bytes, useS3 } from "../s3/fixture.ts";
import { dateTimeOf, sha256, signedChunks, signRequest } from "../s3/signing.ts";
import { policyOf } from "../role.ts";

const Bucket = "signed";
const OWN = { accessKeyId: "AKIAOWN", secretAccessKey: "of/its+own" };

const { s3, send, target } = useS3({
  bucket: Bucket,
  manualClock: true,
  auth: "verify",
  accessKeys: { [OWN.accessKeyId]: OWN.secretAccessKey },
});

/** Runs `use` with a client that is closed behind it. */
async function using<C extends { destroy(): void }, T>(client: C, use: (client: C) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const config = (credentials = { accessKeyId: "test", secretAccessKey: "test" }) => ({
  ...target.clientConfig(),
  credentials,
  maxAttempts: 1,
});

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "answered",
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) => [error.$metadata?.httpStatusCode, error.name],
  );

/** One call of each protocol. */
const CALLS: Readonly<Record<string, (credentials?: typeof OWN) => Promise<unknown>>> = {
  DynamoDB: (credentials) =>
    using(new DynamoDBClient(config(credentials)), (client) => client.send(new ListTablesCommand())),
  Kinesis: (credentials) =>
    using(new KinesisClient(config(credentials)), (client) => client.send(new ListStreamsCommand())),
  SQS: (credentials) =>
    using(new SQSClient(config(credentials)), async (client) => {
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "signed" }));
      return client.send(new SendMessageCommand({ QueueUrl, MessageBody: "ä ö" }));
    }),
  IAM: (credentials) => using(new IAMClient(config(credentials)), (client) => client.send(new ListRolesCommand())),
  Lambda: (credentials) =>
    using(new LambdaClient(config(credentials)), (client) =>
      client.send(
        new GetPolicyCommand({ FunctionName: "arn:aws:lambda:us-east-1:000000000000:function:a", Qualifier: "b" }),
      ),
    ),
  S3: (credentials) =>
    using(new S3Client({ ...config(credentials), forcePathStyle: true }), (client) =>
      client.send(new ListObjectsV2Command({ Bucket, Prefix: "a b/ü+", Delimiter: "/" })),
    ),
};

/** What is answered to a call that is let in. */
const LET_IN: Readonly<Record<string, unknown>> = { Lambda: [404, "ResourceNotFoundException"] };

describe("auth: verify", () => {
  it.each(Object.keys(CALLS))("takes what %s's client signs", async (name) => {
    expect(await codeOf(CALLS[name]?.() as Promise<unknown>)).toEqual(LET_IN[name] ?? "answered");
  });

  it.each(Object.keys(CALLS))("takes what %s's client signs by a key that the emulator was told of", async (name) => {
    expect(await codeOf(CALLS[name]?.(OWN) as Promise<unknown>)).toEqual(LET_IN[name] ?? "answered");
  });

  it.each([
    ["DynamoDB", [400, "InvalidSignatureException"]],
    ["Kinesis", [400, "InvalidSignatureException"]],
    ["SQS", [403, "SignatureDoesNotMatch"]],
    ["IAM", [403, "SignatureDoesNotMatch"]],
    ["Lambda", [403, "InvalidSignatureException"]],
    ["S3", [403, "SignatureDoesNotMatch"]],
  ])("refuses another secret in the words of %s", async (name, refusal) => {
    const wrong = { accessKeyId: "test", secretAccessKey: "wrong" };
    expect(await codeOf(CALLS[name]?.(wrong) as Promise<unknown>)).toEqual(refusal);
  });

  it.each([
    ["DynamoDB", [400, "UnrecognizedClientException"]],
    ["SQS", [403, "InvalidClientTokenId"]],
    ["IAM", [403, "InvalidClientTokenId"]],
    ["Lambda", [403, "UnrecognizedClientException"]],
    ["S3", [403, "InvalidAccessKeyId"]],
  ])("refuses a key that is nobody's in the words of %s", async (name, refusal) => {
    const unknown = { accessKeyId: "AKIANOBODY", secretAccessKey: "test" };
    expect(await codeOf(CALLS[name]?.(unknown) as Promise<unknown>)).toEqual(refusal);
  });

  it("takes the keys that STS gave out, by their secrets", async () => {
    const AssumeRolePolicyDocument = policyOf({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::000000000000:root" },
      Action: "sts:AssumeRole",
    });
    await using(new IAMClient(config()), (iam) =>
      iam.send(new CreateRoleCommand({ RoleName: "signer", AssumeRolePolicyDocument })),
    );
    const roleArn = "arn:aws:iam::000000000000:role/signer";
    const { Credentials } = await using(new STSClient(config()), (sts) =>
      sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "session" })),
    );
    const issued = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const identity = (credentials: typeof issued) =>
      using(new STSClient(config(credentials)), (sts) => sts.send(new GetCallerIdentityCommand()));
    expect((await identity(issued)).Arn).toMatch(/:assumed-role\/signer\/session$/);
    expect(await codeOf(identity({ ...issued, secretAccessKey: "test" }))).toEqual([403, "SignatureDoesNotMatch"]);
  });

  it("takes a key of 12 digits, which names its account, with the secret test", async () => {
    const identity = (secretAccessKey: string) =>
      using(new STSClient(config({ accessKeyId: "123456789012", secretAccessKey })), (sts) =>
        sts.send(new GetCallerIdentityCommand()),
      );
    expect((await identity("test")).Account).toBe("123456789012");
    expect(await codeOf(identity("other"))).toEqual([403, "SignatureDoesNotMatch"]);
  });
});

describe("auth: verify, S3", () => {
  const host = () => new URL(target.endpoint).host;
  const signing = (payloadHash: string, more: object = {}) => ({
    method: "PUT",
    path: `/${Bucket}/raw`,
    headers: { host: host() },
    payloadHash,
    atMs: target.clock.now(),
    ...more,
  });
  const put = (body: string, headers: Readonly<Record<string, string>>) =>
    send({
      method: "PUT",
      path: `/${Bucket}/raw`,
      headers: { "content-length": String(Buffer.byteLength(body)), ...headers },
      body,
      unsigned: true,
    });

  it.each(["plain", "a b+c/ü", "x(1)*!'~", "a//b/../c/./d", "100%"])("takes the key %s", async (Key) => {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, Metadata: { a: "  two   words " } }));
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()).toBe(Key);
  });

  it("takes buckets in the host, and documents", async () => {
    await using(new S3Client(config()), async (client) => {
      await client.send(new CreateBucketCommand({ Bucket: "signed-host" }));
      const to = { Bucket: "signed-host", Key: "k" };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(to));
      const { ETag } = await client.send(new UploadPartCommand({ ...to, UploadId, PartNumber: 1, Body: bytes(100) }));
      const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
      await client.send(new CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload }));
      expect((await client.send(new ListObjectsV2Command({ Bucket: "signed-host" }))).KeyCount).toBe(1);
    });
  });

  // as the AWS SDK for Go sends lists and metadata
  it("takes lists that come as several headers, and values in UTF-8", async () => {
    const meta = "x-amz-meta-name";
    const to = signing("UNSIGNED-PAYLOAD");
    const name = "Zoë à la  carte";
    const signed = signRequest({ ...to, headers: { ...to.headers, [meta]: "Zoë à la carte" } }).headers;
    const inBytes = Buffer.from(name).toString("latin1");
    expect((await put("x", { ...signed, [meta]: inBytes })).status).toBe(200);
    const attributes = "x-amz-object-attributes";
    const query = { attributes: "" };
    const asked = signRequest({
      ...to,
      method: "GET",
      query,
      headers: { ...to.headers, [attributes]: "ETag,ObjectSize" },
    }).headers;
    const path = `${to.path}?attributes`;
    const answer = await send({ path, headers: { ...asked, [attributes]: ["ETag", "ObjectSize"] }, unsigned: true });
    expect([answer.status, answer.element("ObjectSize")]).toEqual([200, "1"]);
  });

  it("refuses a clock that is more than 15 minutes off", async () => {
    for (const minutes of [-16, 16]) {
      const { headers } = signRequest(signing("UNSIGNED-PAYLOAD", { atMs: target.clock.now() + minutes * 60_000 }));
      const answer = await put("x", headers);
      expect([answer.status, answer.element("Code"), answer.element("MaxAllowedSkewMilliseconds")]).toEqual([
        403,
        "RequestTimeTooSkewed",
        "900000",
      ]);
    }
    const { headers } = signRequest(signing("UNSIGNED-PAYLOAD", { atMs: target.clock.now() - 14 * 60_000 }));
    expect((await put("x", headers)).status).toBe(200);
  });

  it.each(["none", "Bad Date", ""])("refuses the date %s", async (date) => {
    const { headers } = signRequest(signing("UNSIGNED-PAYLOAD"));
    const { "x-amz-date": _date, ...dateless } = headers;
    const answer = await put("x", date === "none" ? dateless : { ...headers, "x-amz-date": date });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      403,
      "AccessDenied",
      "AWS authentication requires a valid Date or x-amz-date header",
    ]);
  });

  it.each([
    ["", 403, "AccessDenied", "Access Denied"],
    ["AWS HAHAHA", 400, "InvalidArgument", "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"],
    ["AWS4 HAHAHA", 400, "InvalidArgument", "Unsupported Authorization Type"],
    [
      "AWS key:signature",
      400,
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ],
    [
      "AWS4-HMAC-SHA256 Credential=HAHAHA",
      400,
      "AuthorizationHeaderMalformed",
      'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    ],
  ])("refuses the authorization %j", async (authorization, ...refusal) => {
    const answer = await put("x", { authorization });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual(refusal);
  });

  it("refuses a credential of another day", async () => {
    const { headers } = signRequest(signing("UNSIGNED-PAYLOAD"));
    const day = dateTimeOf(target.clock.now()).slice(0, 8);
    const answer = await put("x", {
      ...headers,
      authorization: (headers["authorization"] ?? "").replace(day, "20200101"),
    });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "AuthorizationHeaderMalformed",
      `The authorization header is malformed; Invalid credential date "20200101". This date is not the same as X-Amz-Date: "${day}".`,
    ]);
  });

  it("needs the hash of the body, and the body to be of it", async () => {
    const { headers } = signRequest(signing(sha256("signed")));
    expect((await put("signed", headers)).status).toBe(200);
    expect((await put("other!", headers)).element("Code")).toBe("XAmzContentSHA256Mismatch");
    const { "x-amz-content-sha256": _hash, ...without } = headers;
    const answer = await put("signed", without);
    expect([answer.status, answer.element("Message")]).toEqual([
      400,
      "Missing required header for this request: x-amz-content-sha256",
    ]);
  });

  it("needs the hash of a document, too", async () => {
    const document =
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>";
    const path = `/${Bucket}/doc`;
    const query = { uploadId: "none" };
    const { headers } = signRequest(signing(sha256(document), { method: "POST", path, query }));
    const post = (body: string) =>
      send({ method: "POST", path: `${path}?uploadId=none`, headers, body, unsigned: true });
    expect((await post(document)).element("Code")).toBe("NoSuchUpload");
    expect((await post(document.replace("x", "y"))).element("Code")).toBe("XAmzContentSHA256Mismatch");
  });

  it("refuses headers of S3's own that are not signed", async () => {
    const answer = await put("x", { ...signRequest(signing("UNSIGNED-PAYLOAD")).headers, "x-amz-meta-late": "1" });
    expect([answer.status, answer.element("Code"), answer.element("HeadersNotSigned")]).toEqual([
      403,
      "AccessDenied",
      "x-amz-meta-late",
    ]);
  });

  it("refuses asymmetric signatures by name", async () => {
    const authorization =
      "AWS4-ECDSA-P256-SHA256 Credential=test/20260101/s3/aws4_request, SignedHeaders=host, Signature=00";
    const answer = await put("x", { authorization });
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      501,
      "NotImplemented",
      "The signature algorithm AWS4-ECDSA-P256-SHA256 (Signature Version 4A) is not supported by Headwater.",
    ]);
  });

  describe("signed chunks", () => {
    const chunks = ["a".repeat(8192), "b".repeat(10_000), "tail"];
    const text = chunks.join("");
    const PAYLOAD = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    const crc = "x-amz-checksum-sha256";
    const digest = Buffer.from(sha256(text), "hex").toString("base64");

    const chunked = (kind: string, more: Readonly<Record<string, string>> = {}) =>
      signRequest(
        signing(kind, {
          headers: {
            host: host(),
            "content-encoding": "aws-chunked",
            "x-amz-decoded-content-length": String(text.length),
            ...more,
          },
        }),
      );

    it("are taken", async () => {
      const { headers, signed } = chunked(PAYLOAD);
      expect((await put(signedChunks(signed, chunks), headers)).status).toBe(200);
      expect((await s3.send(new GetObjectCommand({ Bucket, Key: "raw" }))).ContentLength).toBe(text.length);
    });

    it("are taken with signed trailers", async () => {
      const { headers, signed } = chunked(`${PAYLOAD}-TRAILER`, { "x-amz-trailer": crc });
      const answer = await put(signedChunks(signed, chunks, { [crc]: digest }), headers);
      expect([answer.status, answer.headers[crc]]).toEqual([200, digest]);
    });

    it.each([
      ["a byte of a chunk", (body: string) => body.replace("bb", "bc")],
      ["the signature of a chunk", (body: string) => body.replace(/chunk-signature=./, "chunk-signature=x")],
      ["no signature", (body: string) => body.replace(/;chunk-signature=\w+/, "")],
      [
        "a last chunk that is signed for another body",
        (body: string) => body.replace(/\r\n0;.*/s, `\r\n0;chunk-signature=${"0".repeat(64)}\r\n\r\n`),
      ],
    ])("are refused with %s changed, and nothing is kept", async (_what, change) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: "raw", Body: "before" }));
      const { headers, signed } = chunked(PAYLOAD);
      const answer = await put(change(signedChunks(signed, chunks)), headers);
      expect([answer.status, answer.element("Code")]).toEqual([403, "SignatureDoesNotMatch"]);
      expect(answer.element("StringToSign")).toMatch(/^AWS4-HMAC-SHA256-PAYLOAD\n/);
      expect((await s3.send(new GetObjectCommand({ Bucket, Key: "raw" }))).ContentLength).toBe(6);
    });

    it("are refused with another trailer than the signed one", async () => {
      const { headers, signed } = chunked(`${PAYLOAD}-TRAILER`, { "x-amz-trailer": crc });
      const body = signedChunks(signed, chunks, { [crc]: digest }).replace(digest, digest.replace(/^./, "_"));
      const answer = await put(body, headers);
      expect([answer.status, answer.element("Code")]).toEqual([403, "SignatureDoesNotMatch"]);
      expect(answer.element("StringToSign")).toMatch(/^AWS4-HMAC-SHA256-TRAILER\n/);
    });
  });
});

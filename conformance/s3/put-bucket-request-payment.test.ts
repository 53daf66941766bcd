/**
 * Proves PutBucketRequestPayment, GetBucketRequestPayment, PutBucketAccelerateConfiguration, GetBucketAccelerateConfiguration
 * and GetBucketReplication.
 */
import {
  CreateBucketCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type Payer,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("paid");

const { s3, send, clientOf } = useS3({ bucket: Bucket });
const other = clientOf("111111111111");

describe("request payment", () => {
  const put = (payer: string) =>
    s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: payer as Payer } }));

  it("is the owner's unless said", async () => {
    const get = async () => (await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer;
    expect(await get()).toBe("BucketOwner");
    await put("Requester");
    expect(await get()).toBe("Requester");
    await put("BucketOwner");
    expect(await get()).toBe("BucketOwner");
    expect(await failure(put("Nobody"))).toMatchObject({ status: 400, code: "MalformedXML" });
  });

  it("by the requester has to be said by other accounts, and shuts out strangers", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello" }));
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
    const Statement = [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` },
    ];
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    await put("Requester");
    expect(await failure(other.send(new GetObjectCommand({ Bucket, Key: "k" })))).toMatchObject({ status: 403 });
    const paid = await other.send(new GetObjectCommand({ Bucket, Key: "k", RequestPayer: "requester" }));
    expect([paid.RequestCharged, await paid.Body?.transformToString()]).toEqual(["requester", "hello"]);
    const stranger = { path: `/${Bucket}/k`, headers: { "x-amz-request-payer": "requester" }, unsigned: true };
    expect((await send(stranger)).status).toBe(403);
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).RequestCharged).toBeUndefined();
    await put("BucketOwner");
    expect((await send(stranger)).status).toBe(200);
  });
});

describe("acceleration", () => {
  const put = (Status: "Enabled" | "Suspended") =>
    s3.send(new PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration: { Status } }));
  const get = async () => (await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status;
  const accelerated = () => send({ path: "/k", headers: { host: `${Bucket}.s3-accelerate.localhost:4566` } });

  it("opens an endpoint of its own", async () => {
    embeddedOnly("is about the host names of Headwater's emulator");
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello" }));
    await put("Suspended");
    expect(await get()).toBeUndefined();
    const refused = await accelerated();
    expect([refused.status, refused.element("Message")]).toEqual([
      400,
      "S3 Transfer Acceleration is not configured on this bucket",
    ]);
    await put("Enabled");
    expect(await get()).toBe("Enabled");
    expect(await accelerated()).toMatchObject({ status: 200, body: "hello" });
    await put("Suspended");
    expect([await get(), (await accelerated()).status]).toEqual(["Suspended", 400]);
  });
});

describe("what no bucket has", () => {
  it("is replication: reading says so, and putting is refused by name", async () => {
    embeddedOnly("is about what Headwater refuses by name");
    expect(await failure(s3.send(new GetBucketReplicationCommand({ Bucket })))).toMatchObject({
      status: 404,
      code: "ReplicationConfigurationNotFoundError",
    });
    expect((await send({ path: `/${Bucket}?replication` })).element("BucketName")).toBe(Bucket);
    const put = await send({ method: "PUT", path: `/${Bucket}?replication`, body: "<x/>" });
    expect([put.status, put.element("Message")]).toEqual([
      501,
      "s3:PutBucketReplication is not supported by Headwater.",
    ]);
  });

  it.each(["logging", "accelerate", "notification"])("is answered for %s by an empty document", async (query) => {
    const fresh = `without-${query}`;
    await s3.send(new CreateBucketCommand({ Bucket: fresh }));
    const answer = await send({ path: `/${fresh}?${query}` });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/<\w+ xmlns="[^"]+"\s*\/>$/);
  });
});

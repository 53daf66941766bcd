/** Proves PutBucketEncryption, GetBucketEncryption and DeleteBucketEncryption. */
import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { bucketName, embeddedOnly } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("settings");

const { s3, send } = useS3({ bucket: Bucket });

describe("encryption", () => {
  it("is SSE-S3, said or not; keys of KMS are refused by name", async () => {
    embeddedOnly("is about what Headwater refuses by name");
    const AES256 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false };
    const rules = async () =>
      (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
    const put = (SSEAlgorithm: "AES256" | "aws:kms" | "aws:kms:dsse", KMSMasterKeyID?: string) =>
      s3.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID } }],
          },
        }),
      );
    expect(await rules()).toEqual([AES256]);
    await put("AES256");
    expect(await rules()).toEqual([AES256]);
    const key = `arn:aws:kms:us-east-1:000000000000:key/${"1".repeat(8)}`;
    expect(await failure(put("aws:kms", key))).toMatchObject({ status: 501, message: expect.stringContaining(key) });
    expect(await failure(put("aws:kms:dsse"))).toMatchObject({
      status: 501,
      message: expect.stringContaining("aws:kms:dsse"),
    });
    await put("aws:kms");
    const byKms = new PutObjectCommand({ Bucket, Key: "by-kms", Body: "x" });
    const managed = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: expect.stringMatching(/^arn:aws:kms:us-east-1:/) };
    expect(await s3.send(byKms)).toMatchObject(managed);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: "by-kms" }))).toMatchObject(managed);
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect(await rules()).toEqual([AES256]);
  });

  const HEADER = "x-amz-server-side-encryption";
  const BY_KMS = `Server Side Encryption with AWS KMS managed key requires HTTP header ${HEADER} : aws:kms`;
  it.each([
    [{ [HEADER]: "aes:kms" }, "The encryption method specified is not supported", "aes:kms"],
    [{ [`${HEADER}-aws-kms-key-id`]: "a-key" }, BY_KMS, "null"],
    [{ [HEADER]: "AES256", [`${HEADER}-aws-kms-key-id`]: "a-key" }, BY_KMS, "AES256"],
  ])("is refused as %j", async (headers, message, value) => {
    const put = { method: "PUT", path: `/${Bucket}/refused`, headers: { ...headers, "content-length": 0 } };
    const answer = await send(put);
    expect(["Code", "Message", "ArgumentName", "ArgumentValue"].map((name) => answer.element(name))).toEqual([
      "InvalidArgument",
      message,
      HEADER,
      value,
    ]);
  });

  it("is nothing that a read may ask for", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "read", Body: "x" }));
    const read = (method: string) => send({ method, path: `/${Bucket}/read`, headers: { [HEADER]: "AES256" } });
    expect((await read("HEAD")).status).toBe(400);
    const answer = await read("GET");
    expect([answer.status, answer.element("Code"), answer.element("Message")]).toEqual([
      400,
      "InvalidArgument",
      `${HEADER} header is not supported for this operation.`,
    ]);
  });
});

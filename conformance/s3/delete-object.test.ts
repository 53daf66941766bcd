import { DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("delete-objects");

const { s3 } = useS3({ bucket: Bucket });

describe("DeleteObject", () => {
  it("answers 204, whether there is an object or not", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "gone", Body: "x" }));
    for (let time = 0; time < 2; time++) {
      const { $metadata } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
      expect($metadata.httpStatusCode).toBe(204);
    }
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "gone" })))).toMatchObject({ code: "NoSuchKey" });
  });

  it.each([true, false])("takes no word about retention (%s) where nothing can be locked", async (bypass) => {
    const refused = {
      status: 400,
      code: "InvalidArgument",
      message: "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
    };
    const one = new DeleteObjectCommand({ Bucket, Key: "gone", BypassGovernanceRetention: bypass });
    const Delete = { Objects: [{ Key: "gone" }] };
    const many = new DeleteObjectsCommand({ Bucket, Delete, BypassGovernanceRetention: bypass });
    expect([await failure(s3.send(one)), await failure(s3.send(many))]).toEqual([refused, refused]);
  });
});

import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
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
});

/** Proves PutPublicAccessBlock, GetPublicAccessBlock and DeletePublicAccessBlock. */
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutBucketAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { createWithAcls, DENIED, failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("blocked-by-default");

const { s3, send } = useS3({ bucket: Bucket });
const anybody = (path: string) => send({ unsigned: true, path });

describe("PutPublicAccessBlock", () => {
  it("is on in a new bucket, and is put as a whole", async () => {
    const read = async () =>
      (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
    const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
    expect(await read()).toEqual(all);
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    );
    expect(await read()).toEqual({
      ...all,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await failure(read())).toMatchObject({ status: 404, code: "NoSuchPublicAccessBlockConfiguration" });
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: all }));
  });

  it("refuses public lists, or has those that are there ignored", async () => {
    const open = { Bucket: await createWithAcls(s3, "blocked") };
    await s3.send(new PutObjectCommand({ ...open, Key: "k", Body: "x", ACL: "public-read" }));
    const block = (PublicAccessBlockConfiguration: { BlockPublicAcls?: boolean; IgnorePublicAcls?: boolean }) =>
      s3.send(new PutPublicAccessBlockCommand({ ...open, PublicAccessBlockConfiguration }));
    await block({ BlockPublicAcls: true });
    const put = new PutObjectCommand({ ...open, Key: "n", Body: "x", ACL: "public-read" });
    expect(await failure(s3.send(put))).toEqual(DENIED);
    expect(await failure(s3.send(new PutBucketAclCommand({ ...open, ACL: "public-read" })))).toEqual(DENIED);
    expect((await anybody("/blocked/k")).status).toBe(200);
    await block({ IgnorePublicAcls: true });
    expect((await anybody("/blocked/k")).status).toBe(403);
  });

  it("keeps a new bucket from beginning with a public list", async () => {
    const create = new CreateBucketCommand({
      Bucket: "public-born",
      ObjectOwnership: "ObjectWriter",
      ACL: "public-read",
    });
    expect(await failure(s3.send(create))).toEqual(DENIED);
  });
});

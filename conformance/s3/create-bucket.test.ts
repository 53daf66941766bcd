/** Proves CreateBucket, GetBucketLocation, HeadBucket, DeleteBucket and ListBuckets. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { embeddedOnly } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";
import { presignedPath } from "./signing.ts";

const { s3, send, target } = useS3();

const clientOf = (region: string, accessKeyId = "test") =>
  new S3Client({
    ...target.clientConfig(),
    region,
    credentials: { accessKeyId, secretAccessKey: "test" },
    forcePathStyle: true,
    maxAttempts: 1,
  });

describe("CreateBucket", () => {
  describe("validation", () => {
    it.each([
      "ab",
      "Upper",
      "a..b",
      "a.-b",
      "a-.b",
      "-a-b",
      "a_b",
      "192.168.5.4",
      "xn--abc",
      "abc-s3alias",
      "a".repeat(64),
    ])("refuses the name %s", async (name) => {
      expect(await send({ method: "PUT", path: `/${name}` })).toMatchObject({ status: 400 });
      const answer = await send({ method: "PUT", path: `/${name}` });
      expect([answer.element("Code"), answer.element("Message"), answer.element("BucketName")]).toEqual([
        "InvalidBucketName",
        "The specified bucket is not valid.",
        name,
      ]);
    });

    it("takes names of 3 to 63 characters with dots and hyphens", async () => {
      for (const Bucket of ["a1b", "my.bucket-1", "a".repeat(63)]) await s3.send(new CreateBucketCommand({ Bucket }));
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(["a1b", "my.bucket-1", "a".repeat(63)]));
    });

    it("refuses a location constraint that is no region", async () => {
      const create = new CreateBucketCommand({
        Bucket: "nowhere",
        CreateBucketConfiguration: { LocationConstraint: "mars-1" as "eu-west-1" },
      });
      expect(await failure(s3.send(create))).toMatchObject({ status: 400, code: "InvalidLocationConstraint" });
    });

    it("refuses, outside of us-east-1, a constraint of another region and none at all", async () => {
      const frankfurt = clientOf("eu-central-1");
      const other = new CreateBucketCommand({
        Bucket: "elsewhere",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      });
      expect(await failure(frankfurt.send(other))).toEqual({
        status: 400,
        code: "IllegalLocationConstraintException",
        message:
          "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to.",
      });
      // the SDK fills the constraint in when there is none
      const answer = await send({ method: "PUT", path: "/elsewhere", region: "eu-central-1" });
      expect(answer.element("Message")).toBe(
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
      );
    });

    it("refuses public ACLs", async () => {
      const acl = new CreateBucketCommand({ Bucket: "public-one", ACL: "public-read" });
      expect(await failure(s3.send(acl))).toMatchObject({ status: 400, code: "InvalidBucketAclWithObjectOwnership" });
    });
  });

  describe("behaviour", () => {
    it("answers the location, and again in us-east-1", async () => {
      const create = new CreateBucketCommand({ Bucket: "twice" });
      expect((await s3.send(create)).Location).toBe("/twice");
      expect((await s3.send(create)).Location).toBe("/twice");
    });

    it("tags what it makes, and does not tag what is there", async () => {
      const create = (...tags: string[]) => {
        const Tags = tags.map((Key) => ({ Key, Value: "v" }));
        return s3.send(new CreateBucketCommand({ Bucket: "tagged-at-once", CreateBucketConfiguration: { Tags } }));
      };
      expect(await failure(create("aws:a"))).toEqual({
        status: 400,
        code: "InvalidTag",
        message:
          'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your ' +
          "tag keys and try again.",
      });
      await create("a");
      const owned = { status: 409, code: "BucketAlreadyOwnedByYou" };
      expect([await failure(create("b")), await failure(create("a"))]).toMatchObject([owned, owned]);
      await create();
      expect((await s3.send(new GetBucketTaggingCommand({ Bucket: "tagged-at-once" }))).TagSet).toEqual([
        { Key: "a", Value: "v" },
      ]);
    });

    it("answers BucketAlreadyOwnedByYou for a second creation elsewhere", async () => {
      const paris = clientOf("eu-west-3");
      const create = new CreateBucketCommand({
        Bucket: "paris",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-3" },
      });
      await paris.send(create);
      expect(await failure(paris.send(create))).toMatchObject({ status: 409, code: "BucketAlreadyOwnedByYou" });
      expect((await s3.send(new GetBucketLocationCommand({ Bucket: "paris" }))).LocationConstraint).toBe("eu-west-3");
      expect((await s3.send(new HeadBucketCommand({ Bucket: "paris" }))).BucketRegion).toBe("eu-west-3");
    });

    it("is not signed for a region that is none", async () => {
      for (const region of ["aws-global", "US"]) {
        const answer = await send({ method: "PUT", path: "/global", region });
        expect([answer.status, answer.element("Code"), answer.element("Message"), answer.element("Region")]).toEqual([
          400,
          "AuthorizationHeaderMalformed",
          `The authorization header is malformed; the region '${region}' is wrong; expecting 'us-east-1'`,
          "us-east-1",
        ]);
      }
      const headers = { host: new URL(target.endpoint).host };
      const path = presignedPath({ path: "/paris", headers, region: "auto", atMs: target.clock.now() });
      expect((await send({ path, unsigned: true })).element("Message")).toBe(
        "Error parsing the X-Amz-Credential parameter; the region 'auto' is wrong; expecting 'eu-west-3'",
      );
      expect((await send({ path: "/paris", region: "auto" })).element("Region")).toBe("eu-west-3");
      expect((await send({ method: "HEAD", path: "/taken", region: "aws-global" })).status).toBe(400);
    });

    it("gives a name to one account only, whose bucket no other one may use", async () => {
      await s3.send(new CreateBucketCommand({ Bucket: "taken" }));
      const other = clientOf("us-east-1", "111111111111");
      expect(await failure(other.send(new CreateBucketCommand({ Bucket: "taken" })))).toMatchObject({
        status: 409,
        code: "BucketAlreadyExists",
      });
      const put = new PutObjectCommand({ Bucket: "taken", Key: "k", Body: "x" });
      expect(await failure(other.send(put))).toMatchObject({ status: 403, code: "AccessDenied" });
      expect((await other.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
    });
  });
});

describe("GetBucketLocation", () => {
  it("answers EU for a bucket that was made by this name", async () => {
    const eu = new CreateBucketCommand({ Bucket: "in-eu", CreateBucketConfiguration: { LocationConstraint: "EU" } });
    await clientOf("eu-west-1").send(eu);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "in-eu" }))).LocationConstraint).toBe("EU");
    expect((await s3.send(new HeadBucketCommand({ Bucket: "in-eu" }))).BucketRegion).toBe("eu-west-1");
  });

  it("answers no constraint for us-east-1", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "at-home" }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "at-home" }))).LocationConstraint).toBeUndefined();
    const { body } = await send({ path: "/at-home?location" });
    expect(body).toMatch(
      /<LocationConstraint xmlns="http:\/\/s3.amazonaws.com\/doc\/2006-03-01\/"\s*(\/>|><\/LocationConstraint>)/,
    );
  });

  it("answers the region as the text of the document's only element", async () => {
    const paris = clientOf("eu-west-3");
    await paris.send(
      new CreateBucketCommand({ Bucket: "abroad", CreateBucketConfiguration: { LocationConstraint: "eu-west-3" } }),
    );
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: "abroad" }))).LocationConstraint).toBe("eu-west-3");
    const { body } = await send({ path: "/abroad?location" });
    expect(body).toMatch(
      /<LocationConstraint xmlns="http:\/\/s3.amazonaws.com\/doc\/2006-03-01\/">eu-west-3<\/LocationConstraint>$/,
    );
  });
});

describe("HeadBucket", () => {
  it("answers the region, and a content type for no content", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "looked-at" }));
    const { headers } = await send({ method: "HEAD", path: "/looked-at" });
    expect(headers).toMatchObject({ "x-amz-bucket-region": "us-east-1", "content-type": "application/xml" });
  });

  it("answers 404 without a body for a bucket that is not there", async () => {
    const answer = await send({ method: "HEAD", path: "/not-there" });
    expect([answer.status, answer.body]).toEqual([404, ""]);
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket: "not-there" })))).toMatchObject({ code: "NotFound" });
  });

  it("refuses another owner than the expected one", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "owned" }));
    await s3.send(new HeadBucketCommand({ Bucket: "owned", ExpectedBucketOwner: "000000000000" }));
    const other = new HeadBucketCommand({ Bucket: "owned", ExpectedBucketOwner: "111111111111" });
    expect(await failure(s3.send(other))).toMatchObject({ status: 403 });
    const nobody = await send({ path: "/owned", headers: { "x-amz-expected-bucket-owner": "abcd" } });
    expect([nobody.status, nobody.element("Code"), nobody.element("Message")]).toEqual([
      400,
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS Account ID... [abcd]",
    ]);
  });
});

describe("DeleteBucket", () => {
  it("removes an empty bucket, whose name is free again", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "short-lived" }));
    await s3.send(new DeleteBucketCommand({ Bucket: "short-lived" }));
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: "short-lived" })))).toMatchObject({
      status: 404,
      code: "NoSuchBucket",
    });
    await clientOf("us-east-1", "222222222222").send(new CreateBucketCommand({ Bucket: "short-lived" }));
  });

  it("answers BucketNotEmpty while there is an object", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "full" }));
    await s3.send(new PutObjectCommand({ Bucket: "full", Key: "k", Body: "x" }));
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: "full" })))).toEqual({
      status: 409,
      code: "BucketNotEmpty",
      message: "The bucket you tried to delete is not empty",
    });
  });
});

describe("ListBuckets", () => {
  it("pages by name, with prefix and region", async () => {
    const account = clientOf("us-east-1", "333333333333");
    for (const Bucket of ["page-c", "page-a", "page-b", "other-z"])
      await account.send(new CreateBucketCommand({ Bucket }));
    const first = await account.send(new ListBucketsCommand({ Prefix: "page-", MaxBuckets: 2 }));
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["page-a", "page-b"]);
    const { ContinuationToken } = first;
    const second = await account.send(
      new ListBucketsCommand({ Prefix: "page-", MaxBuckets: 2, ...(ContinuationToken && { ContinuationToken }) }),
    );
    expect([second.Buckets?.map(({ Name }) => Name), second.ContinuationToken]).toEqual([["page-c"], undefined]);
    expect((await account.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }))).Buckets).toEqual([]);
    // the regions are told to those who ask for some of the buckets
    const regions = async (input: object) =>
      (await account.send(new ListBucketsCommand(input))).Buckets?.map(({ BucketRegion }) => BucketRegion);
    expect(await regions({})).toEqual([undefined, undefined, undefined, undefined]);
    expect(await regions({ Prefix: "page-a" })).toEqual(["us-east-1"]);
    expect(await regions({ MaxBuckets: 1, ContinuationToken: "" })).toEqual(["us-east-1"]);
  });

  it("refuses a region that is none", async () => {
    expect(await failure(s3.send(new ListBucketsCommand({ BucketRegion: "eu-east-1" })))).toEqual({
      status: 400,
      code: "InvalidArgument",
      message: "Argument value eu-east-1 is not a valid AWS Region",
    });
  });
});

describe("addressing", () => {
  it.each(["styled.s3.localhost", "styled.s3.us-east-1.localhost", "styled.localhost"])(
    "takes the bucket from the host %s",
    async (host) => {
      embeddedOnly("is about the host names of Headwater's emulator");
      await s3.send(new CreateBucketCommand({ Bucket: "styled" }));
      const headers = { host: `${host}:4566`, "content-length": "2" };
      expect(await send({ method: "PUT", path: "/in/host", headers, body: "hi" })).toMatchObject({
        status: 200,
      });
      expect((await send({ path: "/styled/in/host" })).body).toBe("hi");
      expect((await send({ path: "/?list-type=2", headers: { host } })).element("Name")).toBe("styled");
    },
  );
});

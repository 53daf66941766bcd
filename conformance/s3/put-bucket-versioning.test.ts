/** Proves PutBucketVersioning, GetBucketVersioning and ListObjectVersions. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  type BucketVersioningStatus,
} from "@aws-sdk/client-s3";
import { failure, useS3 } from "./fixture.ts";

const { s3, send } = useS3();

let count = 0;

async function newBucket(Status?: BucketVersioningStatus): Promise<string> {
  const Bucket = `versions-${count++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (Status) await setVersioning(Bucket, Status);
  return Bucket;
}

const setVersioning = (Bucket: string, Status: BucketVersioningStatus) =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

const put = async (Bucket: string, Key: string, Body: string) =>
  (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;

const text = async (Bucket: string, Key: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

/** `key id latest?` of all versions, `-` before delete markers, in the order of the answer's document. */
async function history(Bucket: string, input: object = {}): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));
  return [
    ...Versions.map(({ Key, VersionId, IsLatest }) => `${Key} ${VersionId}${IsLatest ? " latest" : ""}`),
    ...DeleteMarkers.map(({ Key, VersionId, IsLatest }) => `- ${Key} ${VersionId}${IsLatest ? " latest" : ""}`),
  ];
}

describe("PutBucketVersioning", () => {
  describe("validation", () => {
    it("takes Enabled and Suspended and nothing else", async () => {
      const Bucket = await newBucket();
      expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
      for (const status of ["Enabled", "Suspended"] as const) {
        await setVersioning(Bucket, status);
        expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe(status);
      }
      expect(await failure(setVersioning(Bucket, "Off" as "Enabled"))).toMatchObject({ code: "MalformedXML" });
      const none = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: {} });
      expect(await failure(s3.send(none))).toMatchObject({
        status: 400,
        code: "IllegalVersioningConfigurationException",
      });
    });
  });
});

describe("a bucket with versioning", () => {
  it("keeps every version of an object and reads each by its id", async () => {
    const Bucket = await newBucket("Enabled");
    const first = await put(Bucket, "k", "one");
    const second = await put(Bucket, "k", "two");
    expect(first).toMatch(/^[\w.]{32}$/);
    expect(second).not.toBe(first);
    expect([await text(Bucket, "k"), await text(Bucket, "k", first), await text(Bucket, "k", second)]).toEqual([
      "two",
      "one",
      "two",
    ]);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head.VersionId).toBe(second);
    expect(await history(Bucket)).toEqual([`k ${second} latest`, `k ${first}`]);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([["k", 3]]);
  });

  it("hides a deleted object behind a delete marker, and shows it again when the marker is deleted", async () => {
    const Bucket = await newBucket("Enabled");
    const version = await put(Bucket, "k", "one");
    const { DeleteMarker, VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect([DeleteMarker, marker]).toEqual([true, expect.stringMatching(/^[\w.]{32}$/)]);
    const gone = await send({ path: `/${Bucket}/k` });
    expect([gone.status, gone.headers["x-amz-delete-marker"], gone.headers["x-amz-version-id"]]).toEqual([
      404,
      "true",
      marker,
    ]);
    expect(gone.element("Code")).toBe("NoSuchKey");
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await history(Bucket)).toEqual([`k ${version}`, `- k ${marker} latest`]);
    expect(await text(Bucket, "k", version)).toBe("one");
    const ofMarker = await send({ path: `/${Bucket}/k?versionId=${marker}` });
    expect([ofMarker.status, ofMarker.element("Code"), ofMarker.headers["allow"]]).toEqual([
      405,
      "MethodNotAllowed",
      "DELETE",
    ]);

    const undone = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker }));
    expect([undone.DeleteMarker, undone.VersionId]).toEqual([true, marker]);
    expect(await text(Bucket, "k")).toBe("one");
  });

  it("makes a delete marker even of a key that never was", async () => {
    const Bucket = await newBucket("Enabled");
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "never" }));
    expect(await history(Bucket)).toEqual([`- never ${VersionId} latest`]);
  });

  it("brings the version before back when the newest is deleted for good", async () => {
    const Bucket = await newBucket("Enabled");
    const [one, two, three] = [await put(Bucket, "k", "1"), await put(Bucket, "k", "2"), await put(Bucket, "k", "3")];
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: two }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: three }));
    expect(await text(Bucket, "k")).toBe("1");
    expect(await history(Bucket)).toEqual([`k ${one} latest`]);
    const next = await put(Bucket, "k", "4");
    expect(await history(Bucket)).toEqual([`k ${next} latest`, `k ${one}`]);
  });

  it("tells a version that is not there from an id that none can be", async () => {
    const Bucket = await newBucket("Enabled");
    const there = await put(Bucket, "k", "x");
    const other = await put(Bucket, "other", "x");
    expect(await failure(text(Bucket, "k", other))).toMatchObject({ status: 404, code: "NoSuchVersion" });
    expect(await failure(text(Bucket, "k", "null"))).toMatchObject({ code: "NoSuchVersion" });
    expect(await failure(text(Bucket, "k", `${there}x`))).toMatchObject({
      status: 400,
      message: "Invalid version id specified",
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: other }));
    expect(await text(Bucket, "k")).toBe("x");
  });

  it("knows the ids that it gave from others of their form", async () => {
    const Bucket = await newBucket("Enabled");
    const there = (await put(Bucket, "k", "x")) ?? "";
    expect(there).toMatch(/^[A-Za-z0-9._]{32}$/);
    const forged = `${there.slice(0, -4)}ABCD`;
    const invalid = { status: 400, code: "InvalidArgument", message: "Invalid version id specified" };
    expect(await failure(text(Bucket, "k", forged))).toEqual(invalid);
    const at = { Bucket, Key: "k" };
    expect(await failure(s3.send(new DeleteObjectCommand({ ...at, VersionId: forged })))).toEqual(invalid);
    // among many it is the id of a version that is not there
    const Delete = { Objects: [{ Key: "k", VersionId: forged }] };
    expect((await s3.send(new DeleteObjectsCommand({ Bucket, Delete }))).Errors).toEqual([
      { Key: "k", VersionId: forged, Code: "NoSuchVersion", Message: "The specified version does not exist." },
    ]);
    await s3.send(new DeleteObjectCommand({ ...at, VersionId: there }));
    await s3.send(new DeleteObjectCommand({ ...at, VersionId: there }));
    expect(await failure(text(Bucket, "k", there))).toMatchObject({ status: 404, code: "NoSuchVersion" });
  });

  it("is not deleted while there are versions or delete markers", async () => {
    const Bucket = await newBucket("Enabled");
    const VersionId = await put(Bucket, "k", "x");
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const refusal = { code: "BucketNotEmpty", message: expect.stringContaining("You must delete all versions") };
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject(refusal);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId }));
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject(refusal);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: marker.VersionId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  it("counts a deleted object as none in conditional writes", async () => {
    const Bucket = await newBucket("Enabled");
    const create = () => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", IfNoneMatch: "*" }));
    const { ETag } = await create();
    expect(await failure(create())).toMatchObject({ code: "PreconditionFailed" });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const replace = new PutObjectCommand({ Bucket, Key: "k", Body: "y", IfMatch: ETag });
    expect(await failure(s3.send(replace))).toMatchObject({ code: "NoSuchKey" });
    await create();
  });

  it("tags each version by itself", async () => {
    const Bucket = await newBucket("Enabled");
    const old = await put(Bucket, "k", "1");
    const now = await put(Bucket, "k", "2");
    const tag = (Value: string, VersionId?: string) =>
      s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", VersionId, Tagging: { TagSet: [{ Key: "t", Value }] } }));
    const tagOf = async (VersionId?: string) =>
      (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k", VersionId }))).TagSet?.[0]?.Value;
    expect((await tag("old", old)).VersionId).toBe(old);
    expect((await tag("now")).VersionId).toBe(now);
    expect([await tagOf(old), await tagOf()]).toEqual(["old", "now"]);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "k", VersionId: old }));
    expect([await tagOf(old), await tagOf()]).toEqual([undefined, "now"]);
    expect([await text(Bucket, "k", old), await text(Bucket, "k")]).toEqual(["1", "2"]);
    // a delete marker has none, also where it is not named
    const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const refused = { status: 405, code: "MethodNotAllowed" };
    expect([await failure(tag("marked", marker)), await failure(tag("marked"))]).toMatchObject([refused, refused]);
    expect([await failure(tagOf(marker)), await failure(tagOf())]).toMatchObject([refused, refused]);
    const untag = new DeleteObjectTaggingCommand({ Bucket, Key: "k" });
    expect(await failure(s3.send(untag))).toMatchObject(refused);
  });

  it("copies an older version over the newest one, and says which", async () => {
    const Bucket = await newBucket("Enabled");
    const old = await put(Bucket, "k", "old");
    await put(Bucket, "k", "new");
    const CopySource = `${Bucket}/k?versionId=${old}`;
    const answer = await s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource }));
    expect(answer.CopySourceVersionId).toBe(old);
    expect([await text(Bucket, "k"), await text(Bucket, "k", answer.VersionId)]).toEqual(["old", "old"]);
    expect(await history(Bucket)).toHaveLength(3);
  });

  it("makes a version of a completed multipart upload", async () => {
    const Bucket = await newBucket("Enabled");
    const before = await put(Bucket, "k", "whole");
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    const { ETag } = await s3.send(
      new UploadPartCommand({ Bucket, Key: "k", UploadId, PartNumber: 1, Body: "in parts" }),
    );
    const { VersionId } = await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: "k",
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    expect([await text(Bucket, "k", VersionId), await text(Bucket, "k", before)]).toEqual(["in parts", "whole"]);
    await put(Bucket, "k", "later");
    expect(await text(Bucket, "k", VersionId)).toBe("in parts");
  });

  it("deletes many keys and versions with one request, each with its own answer", async () => {
    const Bucket = await newBucket("Enabled");
    const a = await put(Bucket, "a", "x");
    const b = await put(Bucket, "b", "x");
    const Objects = [{ Key: "a" }, { Key: "b", VersionId: b }];
    const { Deleted = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toEqual([
      { Key: "a", DeleteMarker: true, DeleteMarkerVersionId: expect.stringMatching(/^[\w.]{32}$/) },
      { Key: "b", VersionId: b },
    ]);
    expect(await history(Bucket)).toEqual([`a ${a}`, `- a ${Deleted[0]?.DeleteMarkerVersionId} latest`]);
  });
});

describe("the null version", () => {
  it("is what was there before versioning, and stays when others come", async () => {
    const Bucket = await newBucket();
    await put(Bucket, "k", "before");
    await setVersioning(Bucket, "Enabled");
    const next = await put(Bucket, "k", "after");
    expect(await text(Bucket, "k", "null")).toBe("before");
    expect(await history(Bucket)).toEqual([`k ${next} latest`, "k null"]);
  });

  it("is replaced by what is put while versioning is suspended; versions with an id stay", async () => {
    const Bucket = await newBucket("Enabled");
    const kept = await put(Bucket, "k", "kept");
    await setVersioning(Bucket, "Suspended");
    expect(await put(Bucket, "k", "null one")).toBeUndefined();
    expect(await put(Bucket, "k", "null two")).toBeUndefined();
    expect(await history(Bucket)).toEqual(["k null latest", `k ${kept}`]);
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).VersionId).toBe("null");
    expect(await text(Bucket, "k", "null")).toBe("null two");

    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect([deleted.DeleteMarker, deleted.VersionId]).toEqual([true, "null"]);
    expect(await history(Bucket)).toEqual([`k ${kept}`, "- k null latest"]);

    await setVersioning(Bucket, "Enabled");
    const newest = await put(Bucket, "k", "newest");
    await setVersioning(Bucket, "Suspended");
    await put(Bucket, "k", "null three");
    expect(await history(Bucket)).toEqual(["k null latest", `k ${newest}`, `k ${kept}`]);
  });
});

describe("ListObjectVersions", () => {
  it("answers the one version that each object of an unversioned bucket has", async () => {
    const Bucket = await newBucket();
    for (const key of ["b", "a!", "a"]) await put(Bucket, key, "x");
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2 }));
    expect(answer.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ["a", "null", true],
      ["a!", "null", true],
    ]);
    expect([answer.IsTruncated, answer.NextKeyMarker]).toEqual([true, "a!"]);
    const rest = await s3.send(new ListObjectVersionsCommand({ Bucket, KeyMarker: "a!", VersionIdMarker: "null" }));
    expect(rest.Versions?.map(({ Key }) => Key)).toEqual(["b"]);
  });

  it("goes on in the middle of a key, page by page, in the order of keys and of age", async () => {
    const Bucket = await newBucket("Enabled");
    const expected: string[] = [];
    for (const key of ["a", "a\u0001", "a/b", "b"]) {
      const ids: (string | undefined)[] = [];
      for (let version = 0; version < 3; version++) ids.unshift(await put(Bucket, key, "x"));
      expected.push(...ids.map((id, index) => `${key} ${id}${index === 0 ? " latest" : ""}`));
    }
    const pages: string[] = [];
    let marker: object | undefined = {};
    while (marker) {
      const answer: Awaited<ReturnType<typeof list>> = await list(Bucket, marker);
      pages.push(
        ...(answer.Versions ?? []).map(
          ({ Key, VersionId, IsLatest }) => `${Key} ${VersionId}${IsLatest ? " latest" : ""}`,
        ),
      );
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = answer;
      marker = answer.IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
    }
    expect(pages).toEqual(expected);
    // ids had no checksum once: whoever deletes page by page goes on behind one that is gone
    const [newest = "", ...older] = expected.slice(9);
    const VersionId = newest.split(" ")[1] ?? "";
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "b", VersionId }));
    const behind = { KeyMarker: "b", VersionIdMarker: `${VersionId.slice(0, -4)}ABCD` };
    expect(await history(Bucket, behind)).toEqual([`${older[0]} latest`, older[1]]);
    const grouped = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: "/", MaxKeys: 7 }));
    expect([grouped.Versions?.length, grouped.CommonPrefixes, grouped.IsTruncated]).toEqual([
      6,
      [{ Prefix: "a/" }],
      true,
    ]);
  });

  const list = (Bucket: string, marker: object) =>
    s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, EncodingType: undefined, ...marker }));
});

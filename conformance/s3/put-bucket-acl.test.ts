/** Proves PutBucketAcl, GetBucketAcl, PutObjectAcl, GetObjectAcl, PutBucketOwnershipControls, GetBucketOwnershipControls and DeleteBucketOwnershipControls. */
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type ObjectOwnership,
} from "@aws-sdk/client-s3";
import { createWithAcls, DENIED, failure, useS3 } from "./fixture.ts";

const OTHER = "111111111111";
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

const { s3, send, clientOf } = useS3();
const other = clientOf(OTHER);
const third = clientOf("222222222222");
const anybody = (path: string) => send({ unsigned: true, path });
let ownId = "";
let otherId = "";

beforeAll(async () => {
  ownId = (await s3.send(new ListBucketsCommand({}))).Owner?.ID ?? "";
  otherId = (await other.send(new ListBucketsCommand({}))).Owner?.ID ?? "";
});

const grantsOf = async (
  call: Promise<{ Grants?: { Grantee?: { ID?: string; URI?: string }; Permission?: string }[] }>,
) => ((await call).Grants ?? []).map(({ Grantee, Permission }) => [Grantee?.ID ?? Grantee?.URI, Permission]);

describe("ownership", () => {
  it("is the bucket owner's: lists are refused, those that say no more are taken", async () => {
    const Bucket = "enforced";
    await s3.send(new CreateBucketCommand({ Bucket }));
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    const refused = { status: 400, code: "AccessControlListNotSupported", message: "The bucket does not allow ACLs" };
    const put = (more: object) => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...more }));
    expect(await failure(put({ ACL: "public-read" }))).toEqual(refused);
    expect(await failure(put({ GrantRead: `id="${otherId}"` }))).toEqual(refused);
    await put({ ACL: "bucket-owner-full-control" });
    expect(await failure(s3.send(new PutObjectAclCommand({ Bucket, Key: "k", ACL: "public-read" })))).toEqual(refused);
    expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, ACL: "authenticated-read" })))).toEqual(refused);
  });

  it("is put, deleted, and not enforced while the bucket's list gives to others", async () => {
    const Bucket = await createWithAcls(s3, "changing", "BucketOwnerPreferred");
    const put = (ObjectOwnership: ObjectOwnership) =>
      s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }));
    const get = async () =>
      (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    expect(await get()).toBe("BucketOwnerPreferred");
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
    expect(await failure(put("BucketOwnerEnforced"))).toMatchObject({ code: "InvalidBucketAclWithObjectOwnership" });
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "private" }));
    await put("BucketOwnerEnforced");
    await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    expect(await failure(get())).toMatchObject({ status: 404, code: "OwnershipControlsNotFoundError" });
  });

  it("of what another account writes is its own, or the bucket owner's that it gives it to", async () => {
    const Bucket = await createWithAcls(s3, "preferred", "BucketOwnerPreferred");
    await s3.send(new PutBucketAclCommand({ Bucket, GrantWrite: `id=${otherId}`, GrantFullControl: `id=${ownId}` }));
    await other.send(new PutObjectCommand({ Bucket, Key: "kept", Body: "theirs" }));
    await other.send(new PutObjectCommand({ Bucket, Key: "given", Body: "ours", ACL: "bucket-owner-full-control" }));
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "kept" })))).toEqual(DENIED);
    await s3.send(new GetObjectCommand({ Bucket, Key: "given" }));
    expect((await other.send(new GetObjectAclCommand({ Bucket, Key: "kept" }))).Owner?.ID).toBe(otherId);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    expect(Contents?.map(({ Key, Owner }) => [Key, Owner?.ID])).toEqual([
      ["given", ownId],
      ["kept", otherId],
    ]);
    const begun = { Bucket, Key: "begun" };
    const { UploadId } = await other.send(new CreateMultipartUploadCommand(begun));
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map(({ Owner, Initiator }) => [Owner?.ID, Initiator?.ID])).toEqual([[otherId, otherId]]);
    const parts = await s3.send(new ListPartsCommand({ ...begun, UploadId }));
    expect([parts.Owner?.ID, parts.Initiator?.ID]).toEqual([otherId, otherId]);
    expect((await other.send(new ListPartsCommand({ ...begun, UploadId }))).UploadId).toBe(UploadId);
    const own = await s3.send(new CreateMultipartUploadCommand(begun));
    const list = other.send(new ListPartsCommand({ ...begun, UploadId: own.UploadId }));
    expect(await failure(list)).toEqual(DENIED);
    await other.send(new AbortMultipartUploadCommand({ ...begun, UploadId }));
    // a bucket's owner can always clear it
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "kept" }));
  });
});

describe("grants", () => {
  it.each([
    ["private", []],
    ["public-read", [[ALL_USERS, "READ"]]],
    [
      "public-read-write",
      [
        [ALL_USERS, "READ"],
        [ALL_USERS, "WRITE"],
      ],
    ],
    ["authenticated-read", [[AUTHENTICATED, "READ"]]],
    [
      "log-delivery-write",
      [
        ["http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE"],
        ["http://acs.amazonaws.com/groups/s3/LogDelivery", "READ_ACP"],
      ],
    ],
  ] as const)("of the name %s are written out", async (ACL, more) => {
    const Bucket = await createWithAcls(s3, `canned-${ACL}`);
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: ACL as "private" }));
    expect(await grantsOf(s3.send(new GetBucketAclCommand({ Bucket })))).toEqual([[ownId, "FULL_CONTROL"], ...more]);
  });

  it("let those in whom they name", async () => {
    const Bucket = await createWithAcls(s3, "granted");
    const put = (Key: string, more: object) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...more }));
    await put("private", {});
    await put("public", { ACL: "public-read" });
    await put("known", { ACL: "authenticated-read" });
    await put("theirs", { GrantRead: `id="${otherId}"`, GrantReadACP: `uri=${AUTHENTICATED}` });
    const reads = async (Key: string) => {
      const outcomes = await Promise.all(
        [other, third].map((client) =>
          client.send(new GetObjectCommand({ Bucket, Key })).then(
            () => 200,
            () => 403,
          ),
        ),
      );
      return [...outcomes, (await anybody(`/${Bucket}/${Key}`)).status];
    };
    expect(await reads("private")).toEqual([403, 403, 403]);
    expect(await reads("public")).toEqual([200, 200, 200]);
    expect(await reads("known")).toEqual([200, 200, 403]);
    expect(await reads("theirs")).toEqual([200, 403, 403]);
    expect(await grantsOf(third.send(new GetObjectAclCommand({ Bucket, Key: "theirs" })))).toEqual([
      [otherId, "READ"],
      [AUTHENTICATED, "READ_ACP"],
    ]);
    expect((await anybody(`/${Bucket}?list-type=2`)).status).toBe(403);
    expect(await failure(third.send(new GetObjectCommand({ Bucket, Key: "none" })))).toEqual(DENIED);
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
    expect((await anybody(`/${Bucket}?list-type=2`)).status).toBe(200);
    // whoever may list hears that there is no such object
    expect(await failure(third.send(new GetObjectCommand({ Bucket, Key: "none" })))).toMatchObject({
      code: "NoSuchKey",
    });
    expect((await anybody(`/${Bucket}/none`)).element("Code")).toBe("NoSuchKey");
    expect((await anybody(`/${Bucket}/private`)).element("Code")).toBe("AccessDenied");
    expect((await anybody(`/${Bucket}?acl`)).status).toBe(403);
  });

  it("to write let delete what is one's own", async () => {
    const Bucket = await createWithAcls(s3, "deleting");
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read-write" }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "ours", Body: "x" }));
    await other.send(new PutObjectCommand({ Bucket, Key: "theirs", Body: "x" }));
    const headers = { "content-length": "1" };
    await send({ unsigned: true, method: "PUT", path: `/${Bucket}/anybodys`, headers, body: "x" });
    const listed = await anybody(`/${Bucket}`);
    expect([listed.status, listed.element("Key"), listed.body.includes("<Owner>")]).toEqual([200, "anybodys", false]);
    const remove = async (Key: string) =>
      (await send({ unsigned: true, method: "DELETE", path: `/${Bucket}/${Key}` })).status;
    expect([await remove("ours"), await remove("theirs"), await remove("anybodys")]).toEqual([403, 403, 204]);
    expect(await failure(other.send(new DeleteObjectCommand({ Bucket, Key: "ours" })))).toEqual(DENIED);
    await other.send(new DeleteObjectCommand({ Bucket, Key: "theirs" }));
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual(["ours"]);
  });

  it("are put as a document, by the owner and by whom it lets write them", async () => {
    const Bucket = await createWithAcls(s3, "documents");
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    const put = (client: typeof s3, Grants: object[], ID = ownId) =>
      client.send(new PutObjectAclCommand({ Bucket, Key: "k", AccessControlPolicy: { Owner: { ID }, Grants } }));
    const to = (ID: string, Permission: string) => ({ Grantee: { Type: "CanonicalUser", ID }, Permission });
    expect(await failure(put(other, [to(otherId, "READ")]))).toEqual(DENIED);
    await put(s3, [to(ownId, "FULL_CONTROL"), to(otherId, "WRITE_ACP")]);
    expect(await failure(other.send(new GetObjectCommand({ Bucket, Key: "k" })))).toEqual(DENIED);
    await put(other, [to(otherId, "FULL_CONTROL")]);
    await other.send(new GetObjectCommand({ Bucket, Key: "k" }));
    expect(await failure(put(s3, [to("nobody", "READ")]))).toMatchObject({
      code: "InvalidArgument",
      message: "Invalid id",
    });
    expect(await failure(put(s3, [], otherId))).toEqual(DENIED);
    const byMail = { Grantee: { Type: "AmazonCustomerByEmail", EmailAddress: "a@b.c" }, Permission: "READ" };
    expect(await failure(put(s3, [byMail]))).toMatchObject({ status: 405, code: "MethodNotAllowed" });
  });

  it("are not put on a delete marker", async () => {
    const Bucket = await createWithAcls(s3, "marked");
    const VersioningConfiguration = { Status: "Enabled" as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const refused = await send({
      method: "PUT",
      path: `/${Bucket}/k?acl`,
      headers: { "x-amz-acl": "private" },
    });
    expect([
      refused.status,
      refused.element("Code"),
      refused.element("Method"),
      refused.element("ResourceType"),
    ]).toEqual([405, "MethodNotAllowed", "PUT", "DeleteMarker"]);
  });

  it("are refused in two forms at once, of unknown names, and without any", async () => {
    const Bucket = await createWithAcls(s3, "forms");
    const put = (more: object) => failure(s3.send(new PutBucketAclCommand({ Bucket, ...more })));
    expect(await put({ ACL: "private", GrantRead: `id=${otherId}` })).toEqual({
      status: 400,
      code: "InvalidRequest",
      message: "Specifying both Canned ACLs and Header Grants is not allowed",
    });
    const AccessControlPolicy = { Owner: { ID: ownId }, Grants: [] };
    expect(await put({ ACL: "private", AccessControlPolicy })).toEqual({
      status: 400,
      code: "UnexpectedContent",
      message: "This request does not support content",
    });
    expect(await put({ ACL: "open" })).toMatchObject({ status: 400, code: "InvalidArgument" });
    const none = await send({ method: "PUT", path: `/${Bucket}?acl` });
    expect([none.status, none.element("Code"), none.element("MissingHeaderName")]).toEqual([
      400,
      "MissingSecurityHeader",
      "x-amz-acl",
    ]);
  });

  it.each([["forms-enforced"], ["forms-taken"]])(
    "are checked before it is asked whether %s has any",
    async (Bucket) => {
      if (Bucket === "forms-taken") await createWithAcls(s3, Bucket);
      else await s3.send(new CreateBucketCommand({ Bucket }));
      const refused = async (header: string, value: string) => {
        const answer = await send({ method: "PUT", path: `/${Bucket}?acl`, headers: { [header]: value } });
        const elements = ["Code", "Message", "ArgumentName", "ArgumentValue"];
        return [answer.status, ...elements.map((name) => answer.element(name))];
      };
      const group = "http://acs.amazonaws.com/groups/s3/Nobody";
      const invalid = [400, "InvalidArgument"];
      expect(await refused("x-amz-acl", "open")).toEqual([...invalid, "", "x-amz-acl", "open"]);
      expect(await refused("x-amz-grant-write", `uri="${group}"`)).toEqual([
        ...invalid,
        "Invalid group uri",
        "uri",
        group,
      ]);
      expect(await refused("x-amz-grant-write", "id=me")).toEqual([...invalid, "Invalid id", "id", "me"]);
      expect(await refused("x-amz-grant-write", "key=1")).toEqual([
        ...invalid,
        "Argument format not recognized",
        "x-amz-grant-write",
        "key=1",
      ]);
      const grants = (change: object) => {
        const Grants = [{ Grantee: { Type: "CanonicalUser", ID: ownId }, Permission: "READ", ...change }] as object[];
        return failure(
          s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner: { ID: ownId }, Grants } })),
        );
      };
      const malformed = { status: 400, code: "MalformedACLError" };
      expect(await grants({ Permission: "LOOK" })).toMatchObject(malformed);
      expect(await grants({ Grantee: { Type: "Stranger", ID: ownId } })).toMatchObject(malformed);
      expect(await grants({ Grantee: { Type: "Group", URI: group } })).toMatchObject({ message: "Invalid group uri" });
      expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: {} })))).toMatchObject(
        malformed,
      );
      const AccessControlPolicy = { Owner: { ID: "me" }, Grants: [] };
      expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy })))).toMatchObject({
        code: "InvalidArgument",
        message: "Invalid id",
      });
    },
  );
});

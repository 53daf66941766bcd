/** Proves PutBucketPolicy, GetBucketPolicy, GetBucketPolicyStatus and DeleteBucketPolicy. */
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { failure, useS3 } from "./fixture.ts";

const Bucket = bucketName("settings");

const { s3 } = useS3({ bucket: Bucket });

describe("policy", () => {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::000000000000:role/reader" },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const put = (policy: unknown) =>
    s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: typeof policy === "string" ? policy : JSON.stringify(policy) }),
    );
  const document = (more: object) => ({ Version: "2012-10-17", Statement: [{ ...statement, ...more }] });

  it("is answered with its members in AWS's order, and no space between them", async () => {
    const { Effect, ...rest } = statement;
    const Condition = { StringEquals: { "aws:PrincipalAccount": "000000000000" } };
    await put(
      JSON.stringify({ Statement: [{ Condition, ...rest, Effect, Sid: "s" }], Version: "2012-10-17" }, null, 3),
    );
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "s", ...statement, Condition }] }),
    );
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await failure(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({
      status: 404,
      code: "NoSuchBucketPolicy",
    });
  });

  it.each([
    ["no JSON", "nonsense", "Policies must be valid JSON and the first byte must be '{'"],
    ["no statement", { Version: "2012-10-17" }, "Missing required field Statement"],
    ["another version", { ...document({}), Version: "2020-01-01" }, "The policy must contain a valid version string"],
    ["no principal", document({ Principal: undefined }), "Missing required field Principal"],
    [
      "all but somebody allowed",
      document({ Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::000000000000:root" } }),
      "Allow with NotPrincipal is not allowed.",
    ],
    ["another effect", document({ Effect: "Maybe" }), 'Invalid effect: "Maybe"'],
    ["another service's action", document({ Action: "ec2:Run" }), "Policy has invalid action"],
    [
      "an action on objects, and the bucket",
      document({ Action: ["s3:ListBucket", "s3:PutObject"], Resource: `arn:aws:s3:::${Bucket}` }),
      "Action does not apply to any resource(s) in statement",
    ],
    [
      "an action on the bucket, and objects",
      document({ Action: ["s3:GetObject", "s3:ListBucket"] }),
      "Action does not apply to any resource(s) in statement",
    ],
    ["a principal that is none", document({ Principal: { AWS: "reader" } }), "Invalid principal in policy"],
    [
      "another operator",
      document({ Condition: { StringIs: { "aws:Referer": "x" } } }),
      "Invalid Condition type : StringIs",
    ],
    ["an action that is no text", document({ Action: ["s3:GetObject", 1] }), "Could not parse the policy"],
    ["another bucket's objects", document({ Resource: "arn:aws:s3:::other/*" }), "Policy has invalid resource"],
  ])("is refused with %s", async (_what, policy, message) => {
    expect(await failure(put(policy))).toEqual({ status: 400, code: "MalformedPolicy", message });
  });

  it.each([
    ["s3:PutBucketObjectLockConfiguration", ""],
    ["s3:GetLifecycleConfiguration", ""],
    ["s3:ListBucketMultipartUploads", ""],
    ["s3:GetObjectVersionTagging", "/*"],
    ["s3:ListMultipartUploadParts", "/a*"],
    ["s3:ObjectOwnerOverrideToBucketOwner", "/*"],
    ["s3:Get*", "/*"],
    ["s3:*", ""],
    ["s3:PutObject", "*"],
  ])("takes %s on what it is about", async (Action, of) => {
    await put(document({ Action, Resource: `arn:aws:s3:::${Bucket}${of}` }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain(Action);
  });

  it("is said to be public where it allows something to everyone", async () => {
    const status = async () => (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await failure(status())).toMatchObject({ status: 404, code: "NoSuchBucketPolicy" });
    await put(document({}));
    expect(await status()).toBe(false);
    await put(document({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } } }));
    expect(await status()).toBe(false);
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }));
    await put(document({ Principal: { AWS: "*" } }));
    expect(await status()).toBe(true);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  it("for everyone is denied while public policies are blocked", async () => {
    const PublicAccessBlockConfiguration = { BlockPublicPolicy: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    expect(await failure(put(document({ Principal: "*" })))).toMatchObject({ status: 403, code: "AccessDenied" });
    await put(document({ Principal: "*", Effect: "Deny" }));
    await put(document({ Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } } }));
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicPolicy: false } }),
    );
    await put(document({ Principal: { AWS: "*" } }));
  });
});

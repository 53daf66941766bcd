import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ACCOUNT, outcome, policyOf, RoleFixture, roleArn, sessionArn, type Statement, uniqueName } from "./fixture.ts";
import { useClient } from "../target.ts";

const fixture = new RoleFixture();
const root = useClient(new S3Client({ ...fixture.target.clientConfig(), forcePathStyle: true }));
const OBJECTS = { Action: "s3:*", Resource: ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"] } as const;
const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" } as const;

beforeAll(async () => {
  await root.send(new CreateBucketCommand({ Bucket: "shared" }));
  await root.send(new DeletePublicAccessBlockCommand({ Bucket: "shared" }));
  await root.send(new PutObjectCommand({ Bucket: "shared", Key: "k", Body: "x" }));
});

/** What becomes of a read by a session of a role; `me` is the role's name. */
async function read(
  policy: (me: string) => readonly Statement[],
  { own = [], session }: { own?: readonly Statement[]; session?: readonly Statement[] } = {},
): Promise<string> {
  const name = await fixture.role(uniqueName("reader"), own);
  await root.send(new PutBucketPolicyCommand({ Bucket: "shared", Policy: policyOf(...policy(name)) }));
  const s3 = new S3Client(await fixture.session(name, { ...(session && { Policy: policyOf(...session) }) }));
  const result = await outcome(s3.send(new GetObjectCommand({ Bucket: "shared", Key: "k" })));
  s3.destroy();
  await root.send(new DeleteBucketPolicyCommand({ Bucket: "shared" }));
  return result.replaceAll(name, "ROLE");
}

const to = (Principal: unknown, rest: object = {}): Statement => ({ Effect: "Allow", Principal, ...OBJECTS, ...rest });
const refusal = (why: string): string =>
  `User: ${sessionArn("ROLE")} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::shared/k" ${why}`;
const NO_IDENTITY = refusal("because no identity-based policy allows the s3:GetObject action");

describe("a bucket's policy", () => {
  it.each<[string, string, (me: string) => readonly Statement[]]>([
    ["that names the role", "allowed", (me) => [to({ AWS: roleArn(me) })]],
    ["that names the session", "allowed", (me) => [to({ AWS: sessionArn(me) })]],
    ["that names everybody", "allowed", () => [to("*")]],
    [
      "that names everybody on a condition",
      "allowed",
      (me) => [to("*", { Condition: { ArnLike: { "aws:PrincipalArn": roleArn(me) } } })],
    ],
    ["that names the account, whose own policies then have to allow it", NO_IDENTITY, () => [to({ AWS: ACCOUNT })]],
    ["that names another role", NO_IDENTITY, () => [to({ AWS: roleArn("other") })]],
    ["that names a service", NO_IDENTITY, () => [to({ Service: "lambda.amazonaws.com" })]],
    ["that names another session of the role", NO_IDENTITY, (me) => [to({ AWS: sessionArn(me, "other") })]],
    [
      "that is about other objects",
      NO_IDENTITY,
      (me) => [to({ AWS: roleArn(me) }, { Resource: "arn:aws:s3:::shared/other" })],
    ],
  ])("%s", async (_case, expected, policy) => {
    expect(await read(policy)).toBe(expected);
  });

  const DENIED = refusal("with an explicit deny in a resource-based policy");
  const denying = (rest: object): Statement => ({ Effect: "Deny", ...OBJECTS, ...rest });

  it.each<[string, string, (me: string) => readonly Statement[]]>([
    ["that denies the role", DENIED, (me) => [denying({ Principal: { AWS: roleArn(me) } })]],
    ["that denies the account", DENIED, () => [denying({ Principal: { AWS: ACCOUNT } })]],
    ["that denies everybody but others", DENIED, () => [denying({ NotPrincipal: { AWS: roleArn("other") } })]],
    [
      "that denies everybody but this session",
      "allowed",
      (me) => [denying({ NotPrincipal: { AWS: [roleArn(me), sessionArn(me), `arn:aws:iam::${ACCOUNT}:root`] } })],
    ],
    [
      "that denies what does not come by HTTPS",
      "allowed",
      () => [denying({ Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
    ],
  ])("%s, to a role that may read", async (_case, expected, policy) => {
    expect(await read(policy, { own: [READ] })).toBe(expected);
  });

  it("is limited by the session's policy where it names the role, and not where it names the session", async () => {
    const session = [{ ...READ, Action: "s3:ListBucket" }];
    expect(await read((me) => [to({ AWS: roleArn(me) })], { session })).toBe(
      refusal("because no session policy allows the s3:GetObject action"),
    );
    expect(await read((me) => [to({ AWS: sessionArn(me) })], { session })).toBe("allowed");
  });

  it("does not bind root", async () => {
    const Policy = policyOf(denying({ Principal: "*" }));
    await root.send(new PutBucketPolicyCommand({ Bucket: "shared", Policy }));
    expect(await outcome(root.send(new GetObjectCommand({ Bucket: "shared", Key: "k" })))).toBe("allowed");
    await root.send(new DeleteBucketPolicyCommand({ Bucket: "shared" }));
  });
});

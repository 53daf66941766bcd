import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  CreatePolicyCommand,
  DeletePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  GetRoleCommand,
  PutRolePermissionsBoundaryCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { ACCOUNT, outcome, policyOf, RoleFixture, roleArn, sessionArn, trustOf, uniqueName } from "./fixture.ts";

const fixture = new RoleFixture();
const trust = (Principal: unknown, Condition?: object): string =>
  policyOf({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...(Condition && { Condition }) });
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

async function assumed(policy: string, settings: Parameters<RoleFixture["session"]>[1] = {}): Promise<string> {
  const name = await fixture.role(uniqueName("trusting"), [], { trust: policy });
  return (await outcome(fixture.session(name, settings))).replaceAll(name, "ROLE");
}

const NOBODY = `User: ${ROOT} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("ROLE")} because no role trust policy allows the sts:AssumeRole action`;

describe("AssumeRole", () => {
  describe("trust policies", () => {
    it.each<[string, string, string]>([
      ["an account by its number", "allowed", trust({ AWS: ACCOUNT })],
      ["an account by its root's ARN", "allowed", trust({ AWS: ROOT })],
      ["one of several principals", "allowed", trust({ AWS: ["111122223333", ROOT] })],
      ["everybody", "allowed", trust("*")],
      ["every AWS principal", "allowed", trust({ AWS: "*" })],
      ["another account", NOBODY, trust({ AWS: "111122223333" })],
      ["a service only", NOBODY, trustOf("lambda.amazonaws.com")],
      ["a condition that holds", "allowed", trust({ AWS: ROOT }, { StringLike: { "sts:RoleSessionName": "m?" } })],
      ["a condition that does not", NOBODY, trust({ AWS: ROOT }, { StringEquals: { "sts:RoleSessionName": "you" } })],
      ["an external id that is not given", NOBODY, trust({ AWS: ROOT }, { StringEquals: { "sts:ExternalId": "x1" } })],
    ])("that name %s", async (_case, expected, policy) => {
      expect(await assumed(policy)).toBe(expected);
    });

    it("may ask for an external id", async () => {
      const policy = trust({ AWS: ROOT }, { StringEquals: { "sts:ExternalId": "secret" } });
      expect(await assumed(policy, { ExternalId: "secret" })).toBe("allowed");
      expect(await assumed(policy, { ExternalId: "guess" })).toBe(NOBODY);
    });

    it("deny before they allow", async () => {
      const policy = policyOf(
        { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" },
        { Effect: "Deny", Principal: { AWS: ROOT }, Action: "sts:*" },
      );
      expect(await assumed(policy)).toBe(
        `User: ${ROOT} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("ROLE")} with an explicit deny in the role trust policy`,
      );
    });

    it("hold from the next call on when they change", async () => {
      const name = await fixture.role(uniqueName("changed"));
      const PolicyDocument = trustOf("lambda.amazonaws.com");
      await fixture.session(name);
      await fixture.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument }));
      expect(await outcome(fixture.session(name))).toMatch(/no role trust policy/);
    });

    it("refuse a role that does not exist as one that trusts nobody", async () => {
      await expect(fixture.session("nobody")).rejects.toMatchObject({
        name: "AccessDenied",
        message: `User: ${ROOT} is not authorized to perform: sts:AssumeRole on resource: ${roleArn("nobody")}`,
        $metadata: { httpStatusCode: 403 },
      });
    });
  });

  describe("by a role's session", () => {
    const chained = async (caller: string, role: string) => {
      const sts = new STSClient(await fixture.session(caller));
      const result = await outcome(fixture.session(role, {}, sts));
      sts.destroy();
      return result;
    };

    it("needs the caller's own permission where the trust policy names the account", async () => {
      const caller = await fixture.role(uniqueName("caller"));
      const role = await fixture.role(uniqueName("target"), [], { trust: trust({ AWS: ROOT }) });
      expect(await chained(caller, role)).toBe(
        `User: ${sessionArn(caller)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn(role)} because no identity-based policy allows the sts:AssumeRole action`,
      );
      await fixture.permit(caller, { Effect: "Allow", Action: "sts:AssumeRole", Resource: roleArn(role) });
      expect(await chained(caller, role)).toBe("allowed");
    });

    it("needs none where it names the role or the session", async () => {
      const caller = await fixture.role(uniqueName("caller"));
      for (const AWS of [roleArn(caller), sessionArn(caller)]) {
        const role = await fixture.role(uniqueName("target"), [], { trust: trust({ AWS }) });
        expect(await chained(caller, role)).toBe("allowed");
      }
    });
  });

  describe("across accounts", () => {
    it("needs the trust policy of the other account, and the caller's permission for a role", async () => {
      const credentials = { accessKeyId: "111122223333", secretAccessKey: "x" };
      const other = new STSClient({ ...fixture.target.clientConfig(), credentials, maxAttempts: 1 });
      const closed = await fixture.role(uniqueName("closed"));
      const open = await fixture.role(uniqueName("open"), [], { trust: trust({ AWS: "111122223333" }) });
      expect(await outcome(fixture.session(closed, {}, other))).toMatch(/no role trust policy/);
      const session = new STSClient(await fixture.session(open, {}, other));
      expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(sessionArn(open));
      for (const client of [other, session]) client.destroy();
    });
  });
});

describe("sessions", () => {
  const ALL = { Effect: "Allow", Action: "s3:*", Resource: "*" } as const;
  const s3Of = async (name: string, settings: Parameters<RoleFixture["session"]>[1]) =>
    new S3Client(await fixture.session(name, settings));

  it("are limited by the policy that they were begun with, which gives nothing by itself", async () => {
    const name = await fixture.role(uniqueName("limited"), [ALL]);
    const s3 = await s3Of(name, {
      Policy: policyOf({ Effect: "Allow", Action: ["s3:CreateBucket", "sns:*"], Resource: "*" }),
    });
    expect(await outcome(s3.send(new CreateBucketCommand({ Bucket: name })))).toBe("allowed");
    expect(await outcome(s3.send(new DeleteBucketCommand({ Bucket: name })))).toBe(
      `User: ${sessionArn(name)} is not authorized to perform: s3:DeleteBucket on resource: "arn:aws:s3:::${name}" because no session policy allows the s3:DeleteBucket action`,
    );
    await fixture.permit(name, { Effect: "Allow", Action: "s3:DeleteBucket", Resource: "*" });
    expect(await outcome(s3.send(new CreateBucketCommand({ Bucket: `${name}-2` })))).toMatch(
      /no identity-based policy/,
    );
    s3.destroy();
  });

  it("are limited by managed policies together, and refuse one that is not there", async () => {
    const name = await fixture.role(uniqueName("managed"), [ALL]);
    const PolicyDocument = policyOf({ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" });
    const { Policy } = await fixture.iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument }));
    const s3 = await s3Of(name, { PolicyArns: [{ arn: Policy?.Arn }] });
    expect(await outcome(s3.send(new ListBucketsCommand({})))).toBe("allowed");
    expect(await outcome(s3.send(new CreateBucketCommand({ Bucket: name })))).toMatch(/no session policy/);
    s3.destroy();
    await expect(
      fixture.session(name, { PolicyArns: [{ arn: `arn:aws:iam::${ACCOUNT}:policy/none` }] }),
    ).rejects.toMatchObject({ name: "NoSuchEntity" });
  });

  it("that a session begins are an hour long at most, whatever the role allows", async () => {
    const name = await fixture.role(uniqueName("chained"), [
      { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
    ]);
    await fixture.iam.send(new UpdateRoleCommand({ RoleName: name, MaxSessionDuration: 43_200 }));
    const sts = new STSClient(await fixture.session(name, { DurationSeconds: 43_200 }));
    await fixture.session(name, { DurationSeconds: 3600 }, sts);
    await expect(fixture.session(name, { DurationSeconds: 3601 }, sts)).rejects.toMatchObject({
      name: "ValidationError",
      message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    });
    sts.destroy();
  });

  it("refuse policies that are none, or too long", async () => {
    const name = await fixture.role(uniqueName("packed"));
    await expect(fixture.session(name, { Policy: "{" })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
    const Policy = policyOf({ Effect: "Allow", Action: "s3:*", Resource: `arn:aws:s3:::${"x".repeat(2000)}` });
    await expect(fixture.session(name, { Policy })).rejects.toMatchObject({ name: "PackedPolicyTooLargeException" });
  });

  it("have tags that go before those of the role, if the trust policy allows to tag", async () => {
    const statement = { ...ALL, Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } } };
    const name = await fixture.role(uniqueName("tagged"), [statement], { Tags: [{ Key: "team", Value: "red" }] });
    const list = async (settings: Parameters<RoleFixture["session"]>[1]) => {
      const s3 = await s3Of(name, settings);
      const result = await outcome(s3.send(new ListBucketsCommand({})));
      s3.destroy();
      return result;
    };
    expect(await list({})).toBe(
      `User: ${sessionArn(name)} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
    );
    expect(await list({ Tags: [{ Key: "team", Value: "blue" }] })).toBe("allowed");
    const strict = await fixture.role(uniqueName("strict"), [], { trust: trust({ AWS: ROOT }) });
    expect(await outcome(fixture.session(strict, { Tags: [{ Key: "team", Value: "blue" }] }))).toMatch(
      /sts:TagSession/,
    );
  });
});

describe("PutRolePermissionsBoundary", () => {
  it("limits what the role's policies allow, until the boundary is taken away", async () => {
    const name = await fixture.role(uniqueName("bounded"), [{ Effect: "Allow", Action: "s3:*", Resource: "*" }]);
    const PolicyDocument = policyOf({ Effect: "Allow", Action: ["s3:ListAllMyBuckets", "sns:*"], Resource: "*" });
    const { Policy } = await fixture.iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument }));
    const PermissionsBoundary = Policy?.Arn ?? "";
    await fixture.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: name, PermissionsBoundary }));
    const { Role } = await fixture.iam.send(new GetRoleCommand({ RoleName: name }));
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
    const s3 = new S3Client(await fixture.session(name));
    expect(await outcome(s3.send(new ListBucketsCommand({})))).toBe("allowed");
    expect(await outcome(s3.send(new CreateBucketCommand({ Bucket: name })))).toBe(
      `User: ${sessionArn(name)} is not authorized to perform: s3:CreateBucket on resource: "arn:aws:s3:::${name}" because no permissions boundary allows the s3:CreateBucket action`,
    );
    await expect(fixture.iam.send(new DeletePolicyCommand({ PolicyArn: PermissionsBoundary }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await fixture.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: name }));
    expect(await outcome(s3.send(new CreateBucketCommand({ Bucket: name })))).toBe("allowed");
    s3.destroy();
  });
});

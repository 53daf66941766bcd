import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  GetPolicyCommand,
  GetRolePolicyCommand,
  ListPolicyVersionsCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { policyOf } from "../role.ts";
import { outcome, RoleFixture } from "./fixture.ts";
import { permissionsOf, withoutPermission } from "./permissions.ts";

const fixture = new RoleFixture();

describe("permissions that are taken away one by one", () => {
  it("are missed one by one, and are back afterwards", async () => {
    const role = await fixture.role("taken", [
      { Sid: "Make", Effect: "Allow", Action: "s3:CreateBucket", Resource: "*" },
      { Effect: "Allow", Action: ["s3:DeleteBucket", "s3:ListBucket"], Resource: "*" },
      { Effect: "Deny", Action: "sns:*", Resource: "*" },
    ]);
    const s3 = new S3Client(await fixture.session(role));
    const works = async () => {
      const results = [
        await outcome(s3.send(new CreateBucketCommand({ Bucket: role }))),
        await outcome(s3.send(new DeleteBucketCommand({ Bucket: role }))),
      ];
      return results.map((result) => result.startsWith("allowed"));
    };
    const kept = () => fixture.iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: "p" }));
    const before = (await kept()).PolicyDocument;
    const permissions = await permissionsOf(fixture.iam, [role]);
    expect(permissions.map(({ statement, action }) => `${statement} ${action}`)).toEqual([
      "Make s3:CreateBucket",
      "1 s3:DeleteBucket",
      "1 s3:ListBucket",
    ]);
    const results = [];
    for (const permission of permissions) {
      await using _without = await withoutPermission(fixture.iam, permission);
      results.push(await works());
    }
    expect(results).toEqual([
      [false, true],
      [true, false],
      [true, true],
    ]);
    expect((await kept()).PolicyDocument).toBe(before);
    s3.destroy();
  });

  it("are those of managed policies as well, by resource, and policies of AWS's as a whole", async () => {
    const role = await fixture.role("managed", [{ Effect: "Deny", Action: "sns:*", Resource: "*" }]);
    const [one, other] = ["arn:aws:s3:::managed-one", "arn:aws:s3:::managed-other"];
    const make = { Sid: "Make", Effect: "Allow", Action: "s3:CreateBucket", Resource: [one, other] } as const;
    const PolicyDocument = policyOf(make);
    const { Policy } = await fixture.iam.send(new CreatePolicyCommand({ PolicyName: "makers", PolicyDocument }));
    const aws = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    for (const PolicyArn of [Policy?.Arn, aws]) {
      await fixture.iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn }));
    }
    const s3 = new S3Client(await fixture.session(role));
    const works = async () => {
      const results = [];
      for (const Bucket of ["managed-one", "managed-other"]) {
        results.push(await outcome(s3.send(new CreateBucketCommand({ Bucket }))));
      }
      results.push(await outcome(s3.send(new ListBucketsCommand({}))));
      return results.map((result) => result.startsWith("allowed"));
    };
    const permissions = await permissionsOf(fixture.iam, [role]);
    const results = [];
    for (const permission of permissions) {
      await using _without = await withoutPermission(fixture.iam, permission);
      results.push([permission.statement, permission.resource, await works()]);
    }
    expect(results).toEqual(
      expect.arrayContaining([
        ["Make", one, [false, true, true]],
        ["Make", other, [true, false, true]],
        ["AmazonS3ReadOnlyAccess", "*", [true, true, false]],
      ]),
    );
    expect(await works()).toEqual([true, true, true]);
    const { Versions } = await fixture.iam.send(new ListPolicyVersionsCommand({ PolicyArn: Policy?.Arn }));
    expect(Versions).toHaveLength(1);
    expect((await fixture.iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }))).Policy?.DefaultVersionId).toBe(
      "v1",
    );
    s3.destroy();
  });
});

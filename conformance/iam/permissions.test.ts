import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from "@aws-sdk/client-s3";
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
});

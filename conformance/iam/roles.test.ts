import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { useClient, useTarget } from "../target.ts";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const ALLOW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "kinesis:GetRecords", Resource: "*" }],
});

const target = useTarget();
const iam = useClient(new IAMClient(target.clientConfig()));

const createRole = (RoleName: string) => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));

describe("CreateRole", () => {
  describe("validation", () => {
    it("names the pattern that a role's name breaks", async () => {
      await expect(createRole("no spaces")).rejects.toMatchObject({
        name: "ValidationError",
        message:
          "1 validation error detected: Value 'no spaces' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
      });
    });

    it("refuses a trust policy that is no policy", async () => {
      const command = (document: string) =>
        iam.send(new CreateRoleCommand({ RoleName: "bad", AssumeRolePolicyDocument: document }));
      await expect(command("{")).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
      await expect(command(ALLOW)).rejects.toMatchObject({
        name: "MalformedPolicyDocumentException",
        message: "Has prohibited field Resource",
      });
    });
  });

  describe("behaviour", () => {
    it("keeps the trust policy to the letter and answers it percent-encoded", async () => {
      await createRole("exact");
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: "exact" }));
      expect(Role?.Arn).toBe("arn:aws:iam::000000000000:role/exact");
      expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
      expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(TRUST);
    });

    it("refuses a second role of the same name", async () => {
      await createRole("twice");
      await expect(createRole("twice")).rejects.toMatchObject({
        name: "EntityAlreadyExistsException",
        message: "Role with name twice already exists.",
      });
    });
  });
});

describe("DeleteRole", () => {
  it("refuses while policies are attached or inline, and forgets the role afterwards", async () => {
    await createRole("held");
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole";
    await iam.send(new AttachRolePolicyCommand({ RoleName: "held", PolicyArn }));
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "held" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must detach all policies first.",
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName: "held", PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName: "held" }));
    await expect(iam.send(new GetRoleCommand({ RoleName: "held" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name held cannot be found.",
    });
  });
});

describe("AttachRolePolicy", () => {
  it("refuses by its name a policy of AWS's that is not there, and answers AWS's words for the account's own", async () => {
    await createRole("attaching");
    const attach = (PolicyArn: string) => iam.send(new AttachRolePolicyCommand({ RoleName: "attaching", PolicyArn }));
    await expect(attach("arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole")).rejects.toMatchObject({
      name: "NotImplemented",
      message: "The AWS managed policy service-role/AWSGlueServiceRole is not supported by Headwater.",
    });
    await expect(attach("arn:aws:iam::000000000000:policy/none")).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "Policy arn:aws:iam::000000000000:policy/none does not exist or is not attachable.",
    });
  });
});

describe("ListRoles", () => {
  it("answers every role once over pages", async () => {
    const made = Array.from({ length: 5 }, (_, index) => `paged-${index}`);
    for (const name of made) await createRole(name);
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const answer = await iam.send(new ListRolesCommand({ MaxItems: 2, Marker }));
      seen.push(...(answer.Roles ?? []).map((role) => role.RoleName ?? ""));
      expect(answer.IsTruncated).toBe(answer.Marker !== undefined);
      Marker = answer.Marker;
    } while (Marker);
    expect(seen.filter((name) => name.startsWith("paged-"))).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("what an answer has of a role and a policy", () => {
  const has = (of: object | undefined): string[] =>
    ["Description", "PermissionsBoundary", "Tags"].filter((key) => of && key in of);
  const settings = { Path: "/answers/", Description: "d", Tags: [{ Key: "k", Value: "v" }] };

  it("is all of a role that was asked for by itself, and less of one in a list", async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "edge", PolicyDocument: ALLOW }));
    const role = { RoleName: "answers", AssumeRolePolicyDocument: TRUST, PermissionsBoundary: Policy?.Arn };
    const { Role } = await iam.send(new CreateRoleCommand({ ...settings, ...role }));
    expect(has(Role)).toEqual(["Description", "PermissionsBoundary", "Tags"]);
    const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: "/answers/" }));
    expect(Roles?.map(has)).toEqual([["Description"]]);
  });

  it("is the description of a policy in GetPolicy only, and its tags once they are there", async () => {
    const policy = { PolicyName: "answers", PolicyDocument: ALLOW };
    const { Policy } = await iam.send(new CreatePolicyCommand({ ...settings, ...policy }));
    expect(has(Policy)).toEqual(["Tags"]);
    const { Policies } = await iam.send(new ListPoliciesCommand({ PathPrefix: "/answers/" }));
    expect(Policies?.map(has)).toEqual([[]]);
    const got = await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }));
    expect(has(got.Policy)).toEqual(["Description", "Tags"]);
  });
});

describe("CreatePolicy", () => {
  const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
  const of = (statement: object, Version: unknown = "2012-10-17") => ({ Version, Statement: [statement] });
  const when = (operator: string, value: unknown) =>
    of({ ...READ, Condition: { [operator]: { "aws:EpochTime": value } } });
  const on = (Resource: unknown) => of({ ...READ, Resource });
  const complaint = (document: object): Promise<string> =>
    iam.send(new CreatePolicyCommand({ PolicyName: "refused", PolicyDocument: JSON.stringify(document) })).then(
      () => "",
      (error: Error) => error.message,
    );

  it.each<[string, ...object[]]>([
    ["Syntax errors in policy.", { ...of(READ), Id: {} }, of({ ...READ, Sid: [] }), of(READ, "2020-01-01")],
    ["Syntax errors in policy.", of({ ...READ, Action: null }), of({ ...READ, Resource: null })],
    ["Syntax errors in policy.", when("Near", "x"), when("DateEquals", {}), of({ ...READ, Condition: { Near: "x" } })],
    ["Policy document must be version 2012-10-17 or greater.", { Statement: READ }, of(READ, "2008-10-17")],
    [
      "The policy failed legacy parsing",
      of({ ...READ, Effect: "allow" }),
      on("arn:aws:s3::short"),
      on("arn:aws::::key"),
    ],
    ["The policy failed legacy parsing", when("DateEquals", "soon"), when("DateEquals", "2026-13-01T00:00:00Z")],
    [
      "The policy failed legacy parsing",
      when("DateLessThan", "9223372036854775808"),
      when("DateEquals", "2026-1-1t24:00:00Z"),
    ],
    [
      "Statement IDs (SID) in a single policy must be unique.",
      {
        Version: "2012-10-17",
        Statement: [
          { ...READ, Sid: "a" },
          { Effect: "Deny", Sid: "a" },
        ],
      },
    ],
    ["Policy statement must contain actions.", of({ Effect: "Allow", Resource: "none" })],
    [
      'Resource none must be in ARN format or "*".',
      of({ ...READ, Action: "GetObject", Resource: "none" }),
      on(["zone", "none"]),
    ],
    ['Partition "xyz" is not valid for resource "arn:xyz:s3:::key".', on("arn:xyz:s3:::key")],
    ['Partition "s3" is not valid for resource "arn:s3:*:*:*:*".', on("arn:s3")],
    ["Resource vendor must be fully qualified and cannot contain regexes.", on("arn:aws")],
    ["Resource arn:aws:s3:eu-west-1::key can not contain region information.", on("arn:aws:s3:eu-west-1::key")],
    [
      "IAM resource arn:aws:iam:eu-west-1::role/r cannot contain region information.",
      on("arn:aws:iam:eu-west-1::role/r"),
    ],
    [
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
      of({ ...READ, Action: "GetObject" }),
    ],
    ["Actions/Condition can contain only one colon.", of({ ...READ, Action: "s3:Get:Object" })],
    ["Vendor s 3 is not valid", of({ ...READ, NotAction: ["s 3:GetObject"], Action: undefined })],
    ["Policy statement must contain resources.", of({ ...READ, Resource: [] })],
    ["Policy document should not specify a principal.", of({ ...READ, Principal: "*" })],
  ])("refuses with %j", async (message, ...documents) => {
    for (const document of documents) expect(await complaint(document)).toBe(message);
  });

  it("names the paths that resources of IAM have", async () => {
    expect(await complaint(on("arn:aws:iam::000000000000:key"))).toMatch(
      /^IAM resource path must either be "\*" or start with user\/, federated-user\/, role\/.+, access-report\/\.$/,
    );
  });

  it("takes what is unusual", async () => {
    const Statement = [
      { Sid: "", Effect: "Allow", Action: [null, "service-prefix:action name"], Resource: [null, "arn:aws:iam::*:*"] },
      { Sid: "", Effect: "Allow", Action: ["s3:*", null], Resource: "arn:aws:s3:eu-west-1:000000000000:accesspoint/a" },
      {
        ...READ,
        Condition: { DateLessThan: { "aws:CurrentTime": ["2026-01-01", "1767225600", "2026-01-01T00:00:00.5+01:00"] } },
      },
      { Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: ["*", null], Condition: { Near: {} } },
    ];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "unusual", PolicyDocument }));
    expect(Policy?.DefaultVersionId).toBe("v1");
  });
});

describe("PutRolePolicy", () => {
  it("keeps the document to the letter", async () => {
    await createRole("inline");
    const document = `${ALLOW}\n`;
    await iam.send(new PutRolePolicyCommand({ RoleName: "inline", PolicyName: "p", PolicyDocument: document }));
    const answer = await iam.send(new GetRolePolicyCommand({ RoleName: "inline", PolicyName: "p" }));
    expect(decodeURIComponent(answer.PolicyDocument ?? "")).toBe(document);
  });

  it("refuses a statement without a resource", async () => {
    await createRole("inline-bad");
    const document = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:GetObject" } });
    await expect(
      iam.send(new PutRolePolicyCommand({ RoleName: "inline-bad", PolicyName: "p", PolicyDocument: document })),
    ).rejects.toMatchObject({ message: "Policy statement must contain resources." });
  });

  it.each([
    [{ Effect: "Allow", Action: [], Resource: "*" }, "Policy statement must contain actions."],
    [{ Effect: "Allow", Action: "s3:GetObject", Resource: [] }, "Policy statement must contain resources."],
  ])("refuses lists with nothing in them: %j", async (Statement, message) => {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await expect(
      iam.send(new CreatePolicyCommand({ PolicyName: "empty-lists", PolicyDocument })),
    ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message });
  });
});

describe("CreatePolicy", () => {
  it("keeps versions, of which one is the default, and attaches to roles", async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: "mine", PolicyDocument: ALLOW }));
    const PolicyArn = Policy?.Arn ?? "";
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: `${ALLOW} `, SetAsDefault: true }));
    const second = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect(second.PolicyVersion).toMatchObject({ IsDefaultVersion: true, VersionId: "v2" });
    await createRole("attached");
    await iam.send(new AttachRolePolicyCommand({ RoleName: "attached", PolicyArn }));
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "attached" }));
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: "mine", PolicyArn }]);
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete a policy attached to entities.",
    });
  });
});

describe("TagRole", () => {
  it("replaces the value of a key that is there", async () => {
    await createRole("tagged");
    await iam.send(new TagRoleCommand({ RoleName: "tagged", Tags: [{ Key: "a", Value: "1" }] }));
    await iam.send(new TagRoleCommand({ RoleName: "tagged", Tags: [{ Key: "a", Value: "2" }] }));
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: "tagged" }));
    expect(Tags).toEqual([{ Key: "a", Value: "2" }]);
  });
});

describe("AssumeRole", () => {
  it("answers credentials that act as the role's session", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" }],
    });
    await iam.send(new CreateRoleCommand({ RoleName: "assumed", AssumeRolePolicyDocument }));
    const sts = new STSClient(target.clientConfig());
    const RoleArn = "arn:aws:iam::000000000000:role/assumed";
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
    const session = new STSClient({
      ...target.clientConfig(),
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      },
    });
    const identity = await session.send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe("arn:aws:sts::000000000000:assumed-role/assumed/me");
  });

  it("refuses a session token that was not issued with the key", async () => {
    const session = new STSClient({
      ...target.clientConfig(),
      credentials: { accessKeyId: "ASIAAAAAAAAAAAAAAAAA", secretAccessKey: "x", sessionToken: "y" },
    });
    await expect(session.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      message: "The security token included in the request is invalid.",
    });
  });

  it("refuses a role that does not exist", async () => {
    const sts = new STSClient(target.clientConfig());
    const RoleArn = "arn:aws:iam::000000000000:role/nobody";
    await expect(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });
});

import {
  document,
  integer,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import type { Values } from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, sameValue, tagChanges, unless } from "../cloudformation/provider.ts";

const MANAGED_POLICY_ARN = /^arn:(aws[a-zA-Z-]*)?:iam::(\d{12}|aws):policy\/[a-zA-Z_0-9+=,.@\-_/]+$/;
/** The error by its schema's name and by its code on the wire. */
const NO_SUCH_ENTITY = ["NoSuchEntityException", "NoSuchEntity"];
const NAME = /^[\w+=,.@-]+$/;
const PATH = /^(\/|\/[\x21-\x7e]+\/)$/;

const roleProperties = {
  AssumeRolePolicyDocument: required(document()),
  Description: text({ max: 1000 }),
  ManagedPolicyArns: list(text({ pattern: MANAGED_POLICY_ARN })),
  MaxSessionDuration: integer({ min: 3600, max: 43_200 }),
  Path: replaces(text({ min: 1, max: 512, pattern: PATH })),
  Policies: list(
    object({ PolicyName: required(text({ min: 1, max: 128, pattern: NAME })), PolicyDocument: required(document()) }),
  ),
  RoleName: replaces(text({ min: 1, max: 64, pattern: NAME })),
  Tags: tags(),
  PermissionsBoundary: text({ pattern: MANAGED_POLICY_ARN }),
  Arn: readOnly(),
  RoleId: readOnly(),
} as const;

type RoleValues = Values<typeof roleProperties>;

const getRole = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("iam", "GetRole", { RoleName: name }), ...NO_SUCH_ENTITY);

/** Attaches and detaches, puts and deletes policies until the role has those of `after` in the place of those of `before`. */
async function setPolicies(
  ctx: ProviderContext,
  RoleName: string,
  before: Partial<RoleValues>,
  after: Partial<RoleValues>,
) {
  const attached = after.ManagedPolicyArns ?? [];
  for (const PolicyArn of before.ManagedPolicyArns ?? []) {
    if (attached.includes(PolicyArn)) continue;
    await unless(ctx.call("iam", "DetachRolePolicy", { RoleName, PolicyArn }), ...NO_SUCH_ENTITY);
  }
  for (const PolicyArn of attached) {
    if (!before.ManagedPolicyArns?.includes(PolicyArn))
      await ctx.call("iam", "AttachRolePolicy", { RoleName, PolicyArn });
  }
  const old = new Map(before.Policies?.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument]));
  const next = new Map(after.Policies?.map(({ PolicyName, PolicyDocument }) => [PolicyName, PolicyDocument]));
  for (const PolicyName of old.keys()) {
    if (next.has(PolicyName)) continue;
    await unless(ctx.call("iam", "DeleteRolePolicy", { RoleName, PolicyName }), ...NO_SUCH_ENTITY);
  }
  for (const [PolicyName, policy] of next) {
    if (sameValue(old.get(PolicyName), policy)) continue;
    await ctx.call("iam", "PutRolePolicy", { RoleName, PolicyName, PolicyDocument: JSON.stringify(policy) });
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const role = defineProvider({
  type: "AWS::IAM::Role",
  properties: roleProperties,
  attributes: ["Arn", "RoleId"],
  name: { property: "RoleName", maxLength: 64 },
  iam: { nameProperty: "RoleName" },

  find: async (ctx, _properties, name) => (await getRole(ctx, name)) && name,

  async create(ctx, given, name) {
    await ctx.call("iam", "CreateRole", {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(given.AssumeRolePolicyDocument),
      ...(given.Path !== undefined && { Path: given.Path }),
      ...(given.Description !== undefined && { Description: given.Description }),
      ...(given.MaxSessionDuration !== undefined && { MaxSessionDuration: given.MaxSessionDuration }),
      ...(given.PermissionsBoundary !== undefined && { PermissionsBoundary: given.PermissionsBoundary }),
      ...(given.Tags?.length && { Tags: given.Tags }),
    });
    ctx.created(name);
    await setPolicies(ctx, name, {}, given);
    return name;
  },

  async update(ctx, name, before, after) {
    if (!sameValue(before.AssumeRolePolicyDocument, after.AssumeRolePolicyDocument)) {
      await ctx.call("iam", "UpdateAssumeRolePolicy", {
        RoleName: name,
        PolicyDocument: JSON.stringify(after.AssumeRolePolicyDocument),
      });
    }
    if (before.Description !== after.Description || before.MaxSessionDuration !== after.MaxSessionDuration) {
      await ctx.call("iam", "UpdateRole", {
        RoleName: name,
        Description: after.Description ?? "",
        MaxSessionDuration: after.MaxSessionDuration ?? 3600,
      });
    }
    if (after.PermissionsBoundary !== undefined && after.PermissionsBoundary !== before.PermissionsBoundary) {
      await ctx.call("iam", "PutRolePermissionsBoundary", {
        RoleName: name,
        PermissionsBoundary: after.PermissionsBoundary,
      });
    } else if (before.PermissionsBoundary !== undefined && after.PermissionsBoundary === undefined) {
      await ctx.call("iam", "DeleteRolePermissionsBoundary", { RoleName: name });
    }
    await setPolicies(ctx, name, before, after);
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) await ctx.call("iam", "UntagRole", { RoleName: name, TagKeys: removed });
    const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) await ctx.call("iam", "TagRole", { RoleName: name, Tags });
  },

  async remove(ctx, name, properties) {
    if (!(await getRole(ctx, name))) return;
    await setPolicies(ctx, name, properties, {});
    await unless(ctx.call("iam", "DeleteRole", { RoleName: name }), ...NO_SUCH_ENTITY);
  },

  async read(ctx, name) {
    const found = await getRole(ctx, name);
    return { Arn: found?.Role?.Arn ?? "", RoleId: found?.Role?.RoleId ?? "" };
  },
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const policy = defineProvider({
  type: "AWS::IAM::Policy",
  properties: {
    PolicyName: required(text({ min: 1, max: 128, pattern: NAME })),
    PolicyDocument: required(document()),
    Roles: list(text()),
    Groups: refused([]),
    Users: refused([]),
    Id: readOnly(),
  },
  attributes: ["Id"],
  name: { maxLength: 128 },
  iam: {},

  check: (given, later) =>
    !later.includes("Roles") && !given.Roles?.length
      ? "At least one of [Groups,Roles,Users] must be non-empty."
      : undefined,

  find: () => Promise.resolve(undefined),

  async create(ctx, { PolicyName, PolicyDocument, Roles = [] }, name) {
    ctx.created(name);
    for (const RoleName of Roles) {
      await ctx.call("iam", "PutRolePolicy", { RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) });
    }
    return name;
  },

  async update(ctx, _id, before, { PolicyName, PolicyDocument, Roles = [] }) {
    for (const RoleName of Roles) {
      await ctx.call("iam", "PutRolePolicy", { RoleName, PolicyName, PolicyDocument: JSON.stringify(PolicyDocument) });
    }
    const stale = (before.Roles ?? []).filter((each) => before.PolicyName !== PolicyName || !Roles.includes(each));
    for (const RoleName of stale) await deleteRolePolicy(ctx, RoleName, before.PolicyName);
  },

  async remove(ctx, _id, { PolicyName, Roles = [] }) {
    for (const RoleName of Roles) await deleteRolePolicy(ctx, RoleName, PolicyName);
  },

  read: (_ctx, id) => Promise.resolve({ Id: id }),
});

const deleteRolePolicy = (ctx: ProviderContext, RoleName: string, PolicyName: string) =>
  unless(ctx.call("iam", "DeleteRolePolicy", { RoleName, PolicyName }), ...NO_SUCH_ENTITY);

/** IAM keeps at most this many versions of a managed policy. */
const MOST_VERSIONS = 5;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const managedPolicy = defineProvider({
  type: "AWS::IAM::ManagedPolicy",
  properties: {
    ManagedPolicyName: replaces(text({ min: 1, max: 128, pattern: NAME })),
    PolicyDocument: required(document()),
    Description: replaces(text({ max: 1000 })),
    Path: replaces(text({ min: 1, max: 512, pattern: PATH })),
    Roles: list(text()),
    Groups: refused([]),
    Users: refused([]),
    AttachmentCount: readOnly(),
    CreateDate: readOnly(),
    DefaultVersionId: readOnly(),
    IsAttachable: readOnly(),
    PermissionsBoundaryUsageCount: readOnly(),
    PolicyArn: readOnly(),
    PolicyId: readOnly(),
    UpdateDate: readOnly(),
  },
  attributes: [
    "AttachmentCount",
    "CreateDate",
    "DefaultVersionId",
    "IsAttachable",
    "PermissionsBoundaryUsageCount",
    "PolicyArn",
    "PolicyId",
    "UpdateDate",
  ],
  name: { property: "ManagedPolicyName", maxLength: 128 },
  iam: { nameProperty: "ManagedPolicyName" },

  async find(ctx, { Path = "/" }, name) {
    const PolicyArn = `arn:aws:iam::${ctx.account}:policy${Path}${name}`;
    return (await unless(ctx.call("iam", "GetPolicy", { PolicyArn }), ...NO_SUCH_ENTITY)) && PolicyArn;
  },

  async create(ctx, given, name) {
    const { Policy } = await ctx.call("iam", "CreatePolicy", {
      PolicyName: name,
      PolicyDocument: JSON.stringify(given.PolicyDocument),
      ...(given.Path !== undefined && { Path: given.Path }),
      ...(given.Description !== undefined && { Description: given.Description }),
    });
    const PolicyArn = Policy?.Arn ?? "";
    ctx.created(PolicyArn);
    for (const RoleName of given.Roles ?? []) await ctx.call("iam", "AttachRolePolicy", { RoleName, PolicyArn });
    return PolicyArn;
  },

  async update(ctx, PolicyArn, before, after) {
    if (!sameValue(before.PolicyDocument, after.PolicyDocument)) {
      const { Versions = [] } = await ctx.call("iam", "ListPolicyVersions", { PolicyArn });
      const spare = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1)?.VersionId;
      if (Versions.length >= MOST_VERSIONS && spare !== undefined) {
        await ctx.call("iam", "DeletePolicyVersion", { PolicyArn, VersionId: spare });
      }
      const PolicyDocument = JSON.stringify(after.PolicyDocument);
      await ctx.call("iam", "CreatePolicyVersion", { PolicyArn, PolicyDocument, SetAsDefault: true });
    }
    const next = after.Roles ?? [];
    for (const RoleName of before.Roles ?? []) if (!next.includes(RoleName)) await detach(ctx, RoleName, PolicyArn);
    for (const RoleName of next) {
      if (!before.Roles?.includes(RoleName)) await ctx.call("iam", "AttachRolePolicy", { RoleName, PolicyArn });
    }
  },

  async remove(ctx, PolicyArn, { Roles = [] }) {
    for (const RoleName of Roles) await detach(ctx, RoleName, PolicyArn);
    const versions = await unless(ctx.call("iam", "ListPolicyVersions", { PolicyArn }), ...NO_SUCH_ENTITY);
    for (const { VersionId = "", IsDefaultVersion } of versions?.Versions ?? []) {
      if (!IsDefaultVersion) await ctx.call("iam", "DeletePolicyVersion", { PolicyArn, VersionId });
    }
    await unless(ctx.call("iam", "DeletePolicy", { PolicyArn }), ...NO_SUCH_ENTITY);
  },

  async read(ctx, PolicyArn) {
    const { Policy } = await ctx.call("iam", "GetPolicy", { PolicyArn });
    return {
      AttachmentCount: String(Policy?.AttachmentCount ?? 0),
      CreateDate: Policy?.CreateDate?.toISOString() ?? "",
      DefaultVersionId: Policy?.DefaultVersionId ?? "",
      IsAttachable: String(Policy?.IsAttachable ?? true),
      PermissionsBoundaryUsageCount: String(Policy?.PermissionsBoundaryUsageCount ?? 0),
      PolicyArn,
      PolicyId: Policy?.PolicyId ?? "",
      UpdateDate: Policy?.UpdateDate?.toISOString() ?? "",
    };
  },
});

const detach = (ctx: ProviderContext, RoleName: string, PolicyArn: string) =>
  unless(ctx.call("iam", "DetachRolePolicy", { RoleName, PolicyArn }), ...NO_SUCH_ENTITY);

export const iamResources = [role, policy, managedPolicy];

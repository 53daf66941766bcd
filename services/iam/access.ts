import { tagConditions, type Access, type AccessScope, type AccessTable } from "../../emulator/model/access.ts";
import type { IamStore } from "./store.ts";

type Tags = Parameters<typeof tagConditions>[0];

const roleArn = ({ account }: AccessScope, name: string, path = "/"): string =>
  `arn:aws:iam::${account}:role${path}${name}`;

/** The path of a role that is there is a part of its ARN. */
const role = ({ RoleName }: { readonly RoleName: string }, scope: AccessScope, store: unknown): string =>
  (store as IamStore).findRole(RoleName)?.arn ?? roleArn(scope, RoleName);

const policy = ({ PolicyArn }: { readonly PolicyArn: string }): string => PolicyArn;

const withPolicy =
  (action: string) =>
  (input: { readonly RoleName: string; readonly PolicyArn: string }, scope: AccessScope, store: unknown): Access[] => [
    { action, resource: role(input, scope, store), conditions: { "iam:PolicyARN": input.PolicyArn } },
  ];

const bounded = (
  action: string,
  resource: string,
  boundary: string | undefined,
  conditions: Access["conditions"] = {},
): Access[] => [
  {
    action,
    resource,
    conditions: { ...conditions, ...(boundary !== undefined && { "iam:PermissionsBoundary": boundary }) },
  },
];

/** Setting tags, and taking them away. */
const tags = (action: string, resource: string, given: Tags): Access[] => [
  { action, resource, conditions: tagConditions(given) },
];
const tagKeys = (action: string, resource: string, keys: readonly string[]): Access[] => [
  { action, resource, conditions: { "aws:TagKeys": keys } },
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const access: AccessTable<"iam"> = {
  prefix: "iam",
  rules: {
    AttachRolePolicy: withPolicy("iam:AttachRolePolicy"),
    CreatePolicy: ({ PolicyName, Path, Tags }, { account }) => [
      {
        action: "iam:CreatePolicy",
        resource: `arn:aws:iam::${account}:policy${Path ?? "/"}${PolicyName}`,
        conditions: tagConditions(Tags),
      },
    ],
    CreatePolicyVersion: policy,
    CreateRole: ({ RoleName, Path, PermissionsBoundary, Tags }, scope) =>
      bounded("iam:CreateRole", roleArn(scope, RoleName, Path), PermissionsBoundary, tagConditions(Tags)),
    DeletePolicy: policy,
    DeletePolicyVersion: policy,
    DeleteRole: role,
    DeleteRolePermissionsBoundary: role,
    DeleteRolePolicy: role,
    DetachRolePolicy: withPolicy("iam:DetachRolePolicy"),
    GetPolicy: policy,
    GetPolicyVersion: policy,
    GetRole: role,
    GetRolePolicy: role,
    ListAttachedRolePolicies: role,
    ListEntitiesForPolicy: policy,
    ListInstanceProfilesForRole: role,
    ListPolicies: () => "policy path /",
    ListPolicyTags: policy,
    ListPolicyVersions: policy,
    ListRolePolicies: role,
    ListRoleTags: role,
    ListRoles: ({ PathPrefix }, scope) => roleArn(scope, "", PathPrefix),
    PutRolePermissionsBoundary: (input, scope, store) =>
      bounded("iam:PutRolePermissionsBoundary", role(input, scope, store), input.PermissionsBoundary),
    PutRolePolicy: role,
    SetDefaultPolicyVersion: policy,
    TagPolicy: (input) => tags("iam:TagPolicy", policy(input), input.Tags),
    TagRole: (input, scope, store) => tags("iam:TagRole", role(input, scope, store), input.Tags),
    UntagPolicy: (input) => tagKeys("iam:UntagPolicy", policy(input), input.TagKeys),
    UntagRole: (input, scope, store) => tagKeys("iam:UntagRole", role(input, scope, store), input.TagKeys),
    UpdateAssumeRolePolicy: role,
    UpdateRole: role,
    UpdateRoleDescription: role,
  },
};

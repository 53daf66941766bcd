import type { Access, AccessScope, AccessTable } from "../../emulator/model/access.ts";
import type { IamStore } from "./store.ts";

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

const bounded = (action: string, resource: string, boundary: string | undefined): Access[] => [
  { action, resource, ...(boundary !== undefined && { conditions: { "iam:PermissionsBoundary": boundary } }) },
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export const access: AccessTable<"iam"> = {
  prefix: "iam",
  rules: {
    AttachRolePolicy: withPolicy("iam:AttachRolePolicy"),
    CreatePolicy: ({ PolicyName, Path }, { account }) => `arn:aws:iam::${account}:policy${Path ?? "/"}${PolicyName}`,
    CreatePolicyVersion: policy,
    CreateRole: ({ RoleName, Path, PermissionsBoundary }, scope) =>
      bounded("iam:CreateRole", roleArn(scope, RoleName, Path), PermissionsBoundary),
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
    TagPolicy: policy,
    TagRole: role,
    UntagPolicy: policy,
    UntagRole: role,
    UpdateAssumeRolePolicy: role,
    UpdateRole: role,
    UpdateRoleDescription: role,
  },
};

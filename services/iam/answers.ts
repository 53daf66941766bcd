import type { OutputOf } from "../../emulator/model/sdk.ts";
import { AwsError } from "../../emulator/model/errors.ts";
import type { ManagedPolicy, PolicyVersion, Role } from "./model.ts";
import type { IamStore } from "./store.ts";
import { encodeDocument } from "./policy-document.ts";

type RoleAnswer = NonNullable<OutputOf<"iam", "GetRole">["Role"]>;
type PolicyAnswer = NonNullable<OutputOf<"iam", "GetPolicy">["Policy"]>;
type VersionAnswer = NonNullable<OutputOf<"iam", "GetPolicyVersion">["PolicyVersion"]>;

export const describeRole = (role: Role): RoleAnswer => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
  Description: role.description,
  MaxSessionDuration: role.maxSessionSeconds,
  ...(role.boundary !== undefined && {
    PermissionsBoundary: {
      PermissionsBoundaryType: "PermissionsBoundaryPolicy",
      PermissionsBoundaryArn: role.boundary,
    },
  }),
  ...(role.tags.length > 0 && { Tags: [...role.tags] }),
});

/** How many roles have a managed policy. */
export interface PolicyUse {
  readonly attachments: number;
  readonly boundaries: number;
}

export const useOf = (store: IamStore, arn: string): PolicyUse => ({
  attachments: store.rolesWithPolicy(arn).length,
  boundaries: store.rolesWithBoundary(arn).length,
});

/** Without what lists do not have. */
export const describePolicy = (policy: ManagedPolicy, use: PolicyUse): PolicyAnswer => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: use.attachments,
  PermissionsBoundaryUsageCount: use.boundaries,
  IsAttachable: true,
  CreateDate: new Date(policy.createdAt),
  UpdateDate: new Date(policy.updatedAt),
});

export const describeVersion = (policy: ManagedPolicy, version: PolicyVersion): VersionAnswer => ({
  Document: encodeDocument(version.document),
  VersionId: version.id,
  IsDefaultVersion: policy.defaultVersion === version.id,
  CreateDate: new Date(version.createdAt),
});

/** @throws AccessDenied for AWS's own policies: nobody changes those */
export function checkOwned(policy: ManagedPolicy): void {
  if (!policy.arn.startsWith("arn:aws:iam::aws:")) return;
  throw new AwsError(
    { code: "AccessDenied", status: 403 },
    `Policy ${policy.arn} is managed by AWS and cannot be changed.`,
  );
}

import type { Access, AccessScope, AccessTable } from "../../emulator/model/access.ts";
import { passRole } from "../../emulator/model/access.ts";
import type { CloudFormationStore } from "./store.ts";

interface Named {
  readonly StackName?: string | undefined;
  readonly RoleARN?: string | undefined;
}

/** The stack of that name that there is; before there is one, a policy may allow its name with any id. */
function stackArn({ StackName }: Named, { account, region }: AccessScope, store: unknown): string {
  if (StackName === undefined) return "*";
  if (StackName.startsWith("arn:")) return StackName;
  return (
    (store as CloudFormationStore).findStack(StackName)?.stackId ??
    `arn:aws:cloudformation:${region}:${account}:stack/${StackName}/*`
  );
}

const stack = (input: Named, scope: AccessScope, store: unknown): string => stackArn(input, scope, store);

/** Whoever gives a stack a role has to be allowed to. */
const withRole =
  (action: string) =>
  (input: Named, scope: AccessScope, store: unknown): Access[] => [
    { action, resource: stackArn(input, scope, store) },
    ...(input.RoleARN === undefined ? [] : [passRole(input.RoleARN, "cloudformation.amazonaws.com")]),
  ];

/** A change set that is named by its ARN needs no stack beside it. */
const changeSet = (
  { StackName, ChangeSetName }: Named & { readonly ChangeSetName?: string | undefined },
  scope: AccessScope,
  store: unknown,
): string => (StackName === undefined && ChangeSetName ? ChangeSetName : stackArn({ StackName }, scope, store));

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const access: AccessTable<"cloudformation"> = {
  prefix: "cloudformation",
  rules: {
    CancelUpdateStack: stack,
    ContinueUpdateRollback: withRole("cloudformation:ContinueUpdateRollback"),
    CreateChangeSet: withRole("cloudformation:CreateChangeSet"),
    CreateStack: withRole("cloudformation:CreateStack"),
    DeleteChangeSet: changeSet,
    DeleteStack: withRole("cloudformation:DeleteStack"),
    DescribeChangeSet: changeSet,
    DescribeStackEvents: stack,
    DescribeStackResource: stack,
    DescribeStackResources: stack,
    DescribeStacks: stack,
    ExecuteChangeSet: changeSet,
    GetTemplate: stack,
    GetTemplateSummary: stack,
    ListChangeSets: stack,
    ListStackResources: stack,
    ListStacks: (_input, { account, region }) => `arn:aws:cloudformation:${region}:${account}:stack/*/*`,
    RollbackStack: withRole("cloudformation:RollbackStack"),
    UpdateStack: withRole("cloudformation:UpdateStack"),
    UpdateTerminationProtection: stack,
  },
};

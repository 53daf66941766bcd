import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly [element: string]: unknown;
}

interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** One action on one resource that a statement of a role's policies allows; or a policy of AWS's, which can only go as a whole. */
export interface Permission {
  readonly role: string;
  /** The name of an inline policy, the ARN of a managed one. */
  readonly policy: string;
  /** Its Sid, or its place in the policy; the name of a policy of AWS's. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

const AWS_OWNED = "arn:aws:iam::aws:policy/";

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const nameOf = ({ Sid }: Statement, index: number): string => Sid ?? String(index);

const documentIn = (encoded: string | undefined): Document => {
  const document = JSON.parse(decodeURIComponent(encoded ?? "{}")) as Document;
  return { ...document, Statement: listOf(document.Statement) };
};

async function documentOf(iam: IAMClient, role: string, policy: string): Promise<Document> {
  if (policy.startsWith("arn:")) {
    const VersionId = await defaultVersion(iam, policy);
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: policy, VersionId }));
    return documentIn(PolicyVersion?.Document);
  }
  const answer = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: policy }));
  return documentIn(answer.PolicyDocument);
}

const defaultVersion = async (iam: IAMClient, PolicyArn: string): Promise<string> =>
  (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy!.DefaultVersionId!;

/** Everything that the policies of these roles allow, inline and managed: a test takes it away piece by piece. */
export async function permissionsOf(iam: IAMClient, roles: readonly string[]): Promise<Permission[]> {
  const found: Permission[] = [];
  for (const role of roles) {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role }));
    for (const policy of [...PolicyNames, ...AttachedPolicies.map(({ PolicyArn }) => PolicyArn!)]) {
      found.push(...(await permissionsIn(iam, role, policy)));
    }
  }
  return found;
}

async function permissionsIn(iam: IAMClient, role: string, policy: string): Promise<Permission[]> {
  if (policy.startsWith(AWS_OWNED)) {
    return [{ role, policy, statement: policy.slice(policy.lastIndexOf("/") + 1), action: "*", resource: "*" }];
  }
  const { Statement } = await documentOf(iam, role, policy);
  return Statement.flatMap((statement, index) =>
    statement.Effect !== "Allow"
      ? []
      : listOf(statement.Action).flatMap((action) =>
          listOf(statement.Resource).map((resource) => {
            return { role, policy, statement: nameOf(statement, index), action, resource };
          }),
        ),
  );
}

/**
 * Takes one permission away.
 * @returns gives it back: `await using without = await withoutPermission(iam, permission)`
 */
export async function withoutPermission(iam: IAMClient, permission: Permission): Promise<AsyncDisposable> {
  const { role: RoleName, policy } = permission;
  if (policy.startsWith(AWS_OWNED)) {
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: policy }));
    return giving(() => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policy })));
  }
  const before = await documentOf(iam, RoleName, policy);
  const left = before.Statement.flatMap((statement, index) =>
    nameOf(statement, index) === permission.statement ? statementsWithout(statement, permission) : [statement],
  );
  // a policy needs a statement: one that allows nothing that there is
  const none = { Effect: "Deny", Action: "none:None", Resource: "*" };
  const after = JSON.stringify({ ...before, Statement: left.length === 0 ? [none] : left });
  if (policy.startsWith("arn:")) return setVersion(iam, policy, after);
  const put = (PolicyDocument: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: policy, PolicyDocument }));
  await put(after);
  return giving(() => put(JSON.stringify(before)));
}

/** The other actions as they were, and the action on the other resources. */
function statementsWithout(statement: Statement, { action, resource }: Permission): Statement[] {
  const Action = listOf(statement.Action).filter((each) => each !== action);
  const Resource = listOf(statement.Resource).filter((each) => each !== resource);
  const { Sid: _sid, ...unnamed } = statement;
  return [
    ...(Action.length === 0 ? [] : [{ ...statement, Action }]),
    ...(Resource.length === 0 ? [] : [{ ...unnamed, Action: action, Resource }]),
  ];
}

async function setVersion(iam: IAMClient, PolicyArn: string, PolicyDocument: string): Promise<AsyncDisposable> {
  const before = await defaultVersion(iam, PolicyArn);
  const { PolicyVersion } = await iam.send(
    new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
  );
  return giving(async () => {
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: before }));
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: PolicyVersion?.VersionId }));
  });
}

const giving = (back: () => Promise<unknown>): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => {
    await back();
  },
});

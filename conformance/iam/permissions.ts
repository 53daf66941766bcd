import {
  GetRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly [element: string]: unknown;
}

interface Document {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** One action that a statement of a role's inline policy allows. */
export interface Permission {
  readonly role: string;
  readonly policy: string;
  /** Its Sid, or its place in the policy. */
  readonly statement: string;
  readonly action: string;
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

async function documentOf(iam: IAMClient, role: string, policy: string): Promise<Document> {
  const answer = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: policy }));
  const document = JSON.parse(decodeURIComponent(answer.PolicyDocument ?? "{}")) as Document;
  return { ...document, Statement: listOf(document.Statement) };
}

const nameOf = ({ Sid }: Statement, index: number): string => Sid ?? String(index);

/** Every action that the inline policies of these roles allow: a test takes them away one by one. */
export async function permissionsOf(iam: IAMClient, roles: readonly string[]): Promise<Permission[]> {
  const found: Permission[] = [];
  for (const role of roles) {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    for (const policy of PolicyNames) {
      const { Statement } = await documentOf(iam, role, policy);
      for (const [index, statement] of Statement.entries()) {
        if (statement.Effect !== "Allow") continue;
        for (const action of listOf(statement.Action)) {
          found.push({ role, policy, statement: nameOf(statement, index), action });
        }
      }
    }
  }
  return found;
}

/**
 * Takes one permission away.
 * @returns gives it back: `await using without = await withoutPermission(iam, permission)`
 */
export async function withoutPermission(iam: IAMClient, permission: Permission): Promise<AsyncDisposable> {
  const { role: RoleName, policy: PolicyName } = permission;
  const before = await documentOf(iam, RoleName, PolicyName);
  const put = ({ Version, Statement }: Document) =>
    iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify({ Version, Statement }) }),
    );
  const left = before.Statement.flatMap((statement, index) => {
    if (nameOf(statement, index) !== permission.statement) return [statement];
    const Action = listOf(statement.Action).filter((action) => action !== permission.action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
  // a policy needs a statement: one that allows nothing that there is
  const none = { Effect: "Deny", Action: "none:None", Resource: "*" };
  await put({ ...before, Statement: left.length === 0 ? [none] : left });
  return {
    [Symbol.asyncDispose]: async () => {
      await put(before);
    },
  };
}

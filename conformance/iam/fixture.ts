import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  type Tag,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import { ACCOUNT, policyOf, type Statement } from "../role.ts";
import { useClient, useTarget, type Target, type TargetConfig, type TargetOptions } from "../target.ts";

export { ACCOUNT, policyOf, trustOf, type Statement } from "../role.ts";

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const sessionArn = (name: string, session = "me"): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`;

/** Everybody of the account whom its own policies allow it. */
export const ACCOUNT_TRUST = policyOf({
  Effect: "Allow",
  Principal: { AWS: ACCOUNT },
  Action: ["sts:AssumeRole", "sts:TagSession"],
});

let count = 0;
export const uniqueName = (prefix: string): string => `${prefix}-${process.pid}-${count++}`;

/** Roles on one target, and clients that call with their credentials. */
export class RoleFixture {
  readonly target: Target;
  readonly iam: IAMClient;
  readonly sts: STSClient;

  constructor(options: TargetOptions = {}) {
    this.target = useTarget(options);
    this.iam = useClient(new IAMClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
    this.sts = useClient(new STSClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
  }

  /** A role that the account trusts and that may do what the statements allow. */
  async role(
    name: string,
    statements: readonly Statement[] = [],
    settings: { trust?: string; Tags?: Tag[]; PermissionsBoundary?: string } = {},
  ): Promise<string> {
    const { trust = ACCOUNT_TRUST, ...rest } = settings;
    await this.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust, ...rest }));
    if (statements.length > 0) await this.permit(name, ...statements);
    return name;
  }

  async permit(name: string, ...statements: readonly Statement[]): Promise<void> {
    const PolicyDocument = policyOf(...statements);
    await this.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "p", PolicyDocument }));
  }

  async forbid(name: string): Promise<void> {
    await this.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: "p" }));
  }

  /** Settings of clients that call as a session of the role. */
  async session(
    name: string,
    settings: Partial<AssumeRoleCommandInput> = {},
    sts: STSClient = this.sts,
  ): Promise<TargetConfig & { maxAttempts: number; forcePathStyle: boolean }> {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: "me", ...settings }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    return { ...this.target.clientConfig(), credentials, maxAttempts: 1, forcePathStyle: true };
  }
}

/** What a call came to: "allowed", or the refusal's code and message. Other errors come after the permission: allowed. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "allowed";
  } catch (error) {
    const { name, message } = error as Error;
    return /^(AccessDenied|AuthorizationError)/.test(name) ? message : `allowed (${name})`;
  }
}

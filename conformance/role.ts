import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { TargetConfig } from "./target.ts";

export const ACCOUNT = "000000000000";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly [element: string]: unknown;
}

const EVERYTHING: Statement = { Effect: "Allow", Action: "*", Resource: "*" };

export const policyOf = (...Statement: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement });

export const trustOf = (...Service: readonly string[]): string =>
  policyOf({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });

export interface RoleOptions {
  /** Who takes it on: lambda.amazonaws.com unless said. */
  readonly service?: string;
  /** What it may do: everything unless said. */
  readonly statements?: readonly Statement[];
}

/**
 * Makes a role for a service. One that is there already (the data of a target may outlive it) stays as it is.
 * @returns its ARN
 */
export async function makeRole(config: TargetConfig, name: string, options: RoleOptions = {}): Promise<string> {
  const { service = "lambda.amazonaws.com", statements = [EVERYTHING] } = options;
  const iam = new IAMClient(config);
  try {
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustOf(service) }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: "permissions", PolicyDocument: policyOf(...statements) }),
    );
  } catch (error) {
    if ((error as Error).name !== "EntityAlreadyExistsException") throw error;
  } finally {
    iam.destroy();
  }
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

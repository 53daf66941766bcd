import type { Host, Principal } from "../../emulator/model/context.ts";
import { canAssume, serviceSession } from "../../emulator/model/service-role.ts";
import { accessDenied, invalidParameter } from "./errors.ts";
import type { FunctionVersion, Scope } from "./model.ts";

const SERVICE = "lambda.amazonaws.com";
const NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda.";

type Asking = Pick<Host, "authorization">;

/** @throws AwsError InvalidParameterValueException for a role that is not there or does not trust Lambda */
export function requireRole(host: Asking, scope: Scope, roleArn: string): void {
  if (!host.authorization.enforced) return;
  if (!canAssume(host, scope, { roleArn, service: SERVICE, session: "check" })) throw invalidParameter(NOT_ASSUMABLE);
}

/** A function acts as its role, in a session named for the function. @throws AwsError AccessDeniedException */
export function functionPrincipal(
  host: Asking,
  scope: Scope,
  { role, name }: Pick<FunctionVersion, "name" | "role">,
): Principal {
  try {
    return serviceSession(host, scope, { roleArn: role, service: SERVICE, session: name });
  } catch {
    throw accessDenied(NOT_ASSUMABLE);
  }
}

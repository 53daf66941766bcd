import type { Call, Principal } from "../../../../emulator/model/context.ts";
import { serviceSession } from "../../../../emulator/model/service-role.ts";
import { servicePrincipal } from "../../../../emulator/model/context.ts";
import { internalError } from "../gateway-error.ts";
import type { Invocation } from "../invocation.ts";

/** The caller's own credentials instead of a role's. */
const CALLERS_OWN = "arn:aws:iam::*:user/*";

/** As API Gateway names its sessions. */
const SESSION = "BackplaneAssumeRoleSession";

/**
 * Whose calls an integration makes: those of a role, of the client (with AWS_IAM), or of API Gateway itself.
 * @throws GatewayError where the role does not trust API Gateway
 */
export function integrationPrincipal(
  invocation: Invocation,
  credentials: string | undefined,
  sourceArn: string,
): Principal {
  const { host, scope, log, caller, stageVariables } = invocation;
  if (credentials === undefined) return servicePrincipal(scope.account, "apigateway.amazonaws.com", sourceArn);
  if (credentials === CALLERS_OWN) {
    if (caller) return caller;
    log.error("Execution failed due to configuration error: the method has no caller whose credentials could be used");
    throw internalError();
  }
  const roleArn = credentials.replaceAll(
    /\$\{stageVariables\.([\w-]+)\}/g,
    (_whole, name: string) => stageVariables[name] ?? "",
  );
  try {
    return serviceSession(host, scope, { roleArn, service: "apigateway.amazonaws.com", session: SESSION, sourceArn });
  } catch (error) {
    log.error(
      "Execution failed due to configuration error: API Gateway does not have permission to assume the provided role",
    );
    throw internalError(error);
  }
}

export const callAs = ({ host, scope }: Invocation, principal: Principal, region = scope.region): Call =>
  host.callAs({ account: scope.account, region, principal });

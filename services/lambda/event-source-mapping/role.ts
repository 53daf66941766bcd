import type { Call, Host } from "../../../emulator/model/context.ts";
import { callWithRole, serviceSession, type ServiceRole } from "../../../emulator/model/service-role.ts";
import { LambdaStore } from "../store.ts";
import { findFunction } from "./function-lookup.ts";
import type { Mapping } from "./model.ts";

/** Whoever reads the source and writes to the destination: the function's role, as Lambda takes it on. */
function roleOf(host: Host, mapping: Mapping, store = new LambdaStore(host, mapping)): ServiceRole {
  const { uuid, functionArn, role } = mapping;
  let roleArn = role;
  try {
    roleArn = findFunction(store, host.ids, functionArn).role;
  } catch {
    // the function is gone: the last role that is known
  }
  return { roleArn, service: "lambda.amazonaws.com", session: uuid };
}

/** Calls as the role that the function has at each call; as the last one known when the function is gone. */
export function callAsRole(host: Host, mapping: Mapping): Call {
  const store = new LambdaStore(host, mapping);
  return async (service, operation, input, options) =>
    callWithRole(host, mapping, roleOf(host, mapping, store))(service, operation, input, options);
}

interface Need {
  /** As IAM has it, such as kinesis:GetRecords. */
  readonly action: string;
  readonly resource: string;
}

/** Why the function's role may not do what reading needs, in IAM's words; undefined: it may. */
export function readRefusal(host: Host, mapping: Mapping, needs: readonly Need[]): string | undefined {
  const { authorization } = host;
  if (!authorization.enforced) return undefined;
  try {
    const principal = serviceSession(host, mapping, roleOf(host, mapping));
    for (const need of needs) {
      const refusal = authorization.refusal({ principal, region: mapping.region }, need);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  } catch (error) {
    // a role that Lambda cannot take on
    return (error as Error).message;
  }
}

/** @throws what `refusal` makes when the function's role may not do what reading needs */
export function requireReadable(host: Host, mapping: Mapping, needs: readonly Need[], refusal: () => Error): void {
  if (readRefusal(host, mapping, needs) !== undefined) throw refusal();
}

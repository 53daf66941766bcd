import type { Call, Host, Principal } from "../../../emulator/model/context.ts";
import { LambdaStore } from "../store.ts";
import { findFunction } from "./function-lookup.ts";
import type { Mapping } from "./model.ts";

/** Calls as the role that the function has at each call; as the last one known when the function is gone. */
export function callAsRole(host: Host, { account, region, uuid, functionArn, role }: Mapping): Call {
  const store = new LambdaStore(host, { account, region });
  const currentRole = (): string => {
    try {
      return findFunction(store, host.ids, functionArn).role;
    } catch {
      return role;
    }
  };
  return (service, operation, input, options) =>
    host.callAs({ account, region, principal: rolePrincipal(account, currentRole(), uuid) })(
      service,
      operation,
      input,
      options,
    );
}

/** Whoever reads the stream and writes to the destination: the function's role, as Lambda takes it on. */
function rolePrincipal(account: string, role: string, mappingUuid: string): Principal {
  const name = role.split("/").at(-1) ?? role;
  return {
    type: "assumed-role",
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${mappingUuid}`,
    roleArn: role,
    userId: `${name}:${mappingUuid}`,
  };
}

import * as sdk from "@aws-sdk/client-sts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { assumeRole } from "./operations/assume-role.ts";
import { getCallerIdentity } from "./operations/get-caller-identity.ts";

export interface StsState {
  store: undefined;
  engine: undefined;
}

export type Operation<N extends OperationName<"sts">> = ServiceOperation<"sts", N, StsState>;

export const sts = defineService<"sts", StsState>({
  name: "sts",
  protocol: "query",
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  sdk,
  constraints,
  access,
  store: () => undefined,
  refuses: {
    AssumeRole: [
      ...["ProvidedContexts", "SerialNumber", "SourceIdentity", "TokenCode"],
      ...["MinimumSessionTokenSize", "TransitiveTagKeys"],
    ],
  },
  operations: {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
  },
});

import type { AccessTable } from "../../emulator/model/access.ts";

/** Whoever calls may know who it is; whether a role may be assumed is a matter of its trust policy, which AssumeRole asks. */
export const access: AccessTable<"sts"> = {
  prefix: "sts",
  rules: { AssumeRole: () => [], GetCallerIdentity: () => [] },
};

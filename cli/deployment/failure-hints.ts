import { explainDenial } from "../aws/explain.ts";

/** What to do about a resource that could not be made, by the reason that its service gave. */
export function hintOf(reason: string): string | undefined {
  const denial = explainDenial(reason);
  if (denial !== undefined) return denial;
  if (/already (exists|owned by you|in use)|AlreadyExists/i.test(reason)) {
    return "What is there by this name is not this stack's: delete it, or give another name with --parameter.";
  }
  if (/limit ?exceeded|quota|too many/i.test(reason)) {
    return "A quota of the account is used up: delete what is not needed, or ask for more in Service Quotas.";
  }
  return undefined;
}

import type { Principal } from "../model/context.ts";

/**
 * How a statement names a caller: by its account (which leaves it to the account's own policies), as a role or everyone, or
 * exactly as it calls (a session, a service, root).
 */
export type Named = "no" | "account" | "role" | "exactly";

export type PrincipalMatcher = (principal: Principal) => Named;

type Names = Readonly<Partial<Record<"AWS" | "Service" | "Federated" | "CanonicalUser", readonly string[]>>>;

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

function namesOf(given: unknown): Names | "*" {
  if (given === "*") return "*";
  return Object.fromEntries(Object.entries(given as object).map(([kind, who]) => [kind, listOf(who)]));
}

const isAccount = (name: string, account: string): boolean => name === account || name === rootOf(account);
const rootOf = (account: string): string => `arn:aws:iam::${account}:root`;

/** `Principal` of a statement. */
export function principalMatcher(given: unknown): PrincipalMatcher {
  const names = namesOf(given);
  if (names === "*" || names.AWS?.includes("*")) {
    // everyone, but a session that is named beside it is named exactly
    const others = names === "*" ? undefined : matcherOf(names);
    return (principal) => (others?.(principal) === "exactly" ? "exactly" : everyone(principal));
  }
  return matcherOf(names);
}

const everyone = (principal: Principal): Named => (principal.type === "assumed-role" ? "role" : "exactly");

function matcherOf({ AWS = [], Service = [] }: Names): PrincipalMatcher {
  return (principal) => {
    if (principal.type === "service") return Service.includes(principal.service) ? "exactly" : "no";
    if (AWS.includes(principal.arn)) return "exactly";
    if (principal.type === "assumed-role" && AWS.includes(principal.roleArn)) return "role";
    if (!AWS.some((name) => isAccount(name, principal.account))) return "no";
    return principal.type === "root" ? "exactly" : "account";
  };
}

/**
 * `NotPrincipal`: whom it names. A session is spared by a Deny only where its account, its role and the session itself are listed;
 * it is left out of an Allow where any of them is.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function notPrincipalMatcher(given: unknown, effect: "Allow" | "Deny"): PrincipalMatcher {
  const names = namesOf(given);
  if (names === "*") return () => "no";
  const { AWS = [], Service = [] } = names;
  return (principal) => {
    const listed =
      principal.type === "service"
        ? [Service.includes(principal.service)]
        : [
            AWS.some((name) => isAccount(name, principal.account)),
            ...(principal.type === "assumed-role"
              ? [AWS.includes(principal.roleArn), AWS.includes(principal.arn)]
              : []),
          ];
    const spared = AWS.includes("*") || (effect === "Deny" ? listed.every(Boolean) : listed.some(Boolean));
    return spared ? "no" : everyone(principal);
  };
}

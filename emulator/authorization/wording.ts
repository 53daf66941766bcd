import type { Access } from "../model/access.ts";
import type { Refusal } from "./decision.ts";

const KINDS = {
  identity: "identity-based policy",
  boundary: "permissions boundary",
  session: "session policy",
  resource: "resource-based policy",
} as const;

/** How a service departs from the others in its words. */
interface Words {
  readonly action?: (action: string) => string;
  /** What stands behind the action. */
  readonly where?: (resource: string) => string;
}

const onResource = (resource: string): string => ` on resource: ${resource}`;

/** By the prefix of the action. */
const WORDS: Readonly<Record<string, Words>> = {
  cloudwatch: { where: (resource) => (resource === "*" ? "" : onResource(resource)) },
  s3: { where: (resource) => (resource === "arn:aws:s3:::*" ? "" : onResource(`"${resource}"`)) },
  sqs: { action: (action) => action.toLowerCase() },
};

/**
 * What a refused caller is told.
 * @param refusal undefined: without a reason
 * @param resourceKind what the resource's policy is called
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function wordRefusal(
  caller: string,
  access: Pick<Access, "action" | "resource">,
  refusal?: Refusal,
  resourceKind: string = KINDS.resource,
): string {
  const words = WORDS[access.action.slice(0, access.action.indexOf(":"))];
  const action = words?.action?.(access.action) ?? access.action;
  const where = (words?.where ?? onResource)(access.resource);
  const said = `User: ${caller} is not authorized to perform: ${action}${where}`;
  if (!refusal) return said;
  const kind = refusal.by === "resource" ? resourceKind : KINDS[refusal.by];
  if (!refusal.explicit) return `${said} because no ${kind} allows the ${action} action`;
  const article = kind === "role trust policy" ? "the" : kind === KINDS.identity ? "an" : "a";
  return `${said} with an explicit deny in ${article} ${kind}`;
}

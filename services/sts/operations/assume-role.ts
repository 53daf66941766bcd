import type { Authorization } from "../../../emulator/model/authorization.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { checkPolicyDocument } from "../../iam/policy-document.ts";
import { chainTooLong, foreignPolicy, packedTooLarge, policyNotFound, sessionTooLong, twiceTagged } from "../errors.ts";
import type { Operation } from "../index.ts";

type Input = InputOf<"sts", "AssumeRole">;

const DEFAULT_SECONDS = 3600;
/** Of a session that a session begins, whatever the role allows. */
const LONGEST_CHAINED_SECONDS = 3600;
/** Of the session's policies together, in characters. */
const MOST_POLICY_TEXT = 2048;

/**
 * Answers temporary credentials of a role to whom its trust policy names. Policies of the session limit what the role's own allow.
 * @throws AccessDenied for a role that does not exist or does not trust the caller, MalformedPolicyDocument,
 *   PackedPolicyTooLarge, ValidationError for a session longer than the role allows
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: Operation<"AssumeRole"> = (ctx, input) => {
  const tags = tagsOf(input);
  const policies = sessionPolicies(ctx.authorization, input);
  const { role, principal } = ctx.authorization.assume({
    roleArn: input.RoleArn,
    sessionName: input.RoleSessionName,
    caller: {
      principal: ctx.principal,
      region: ctx.region,
      sourceIp: ctx.request?.remoteAddress,
      userAgent: ctx.request?.headers["user-agent"],
    },
    externalId: input.ExternalId,
    ...(policies.length > 0 && { policies }),
    ...(tags && { tags }),
  });
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (ctx.principal.type === "assumed-role" && seconds > LONGEST_CHAINED_SECONDS) throw chainTooLong();
  if (seconds > role.maxSessionSeconds) throw sessionTooLong();

  const issued = ctx.credentials.issue(principal, seconds);
  const packed = (input.Policy ?? "").length;
  return {
    Credentials: {
      AccessKeyId: issued.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration: new Date(issued.expiration),
    },
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
    ...(packed > 0 && { PackedPolicySize: Math.ceil((packed / MOST_POLICY_TEXT) * 100) }),
  };
};

/** The documents of the session: those of managed policies as they are now. */
function sessionPolicies(authorization: Authorization, { RoleArn, Policy, PolicyArns = [] }: Input): string[] {
  if (Policy !== undefined) checkPolicyDocument(Policy, "inline");
  const account = RoleArn.split(":")[4] ?? "";
  const managed = PolicyArns.map(({ arn = "" }) => {
    if (!["aws", account].includes(arn.split(":")[4] ?? "")) throw foreignPolicy(arn);
    const document = authorization.managedPolicy(account, arn);
    if (document === undefined) throw policyNotFound(arn);
    return document;
  });
  const text = (Policy?.length ?? 0) + PolicyArns.reduce((sum, { arn = "" }) => sum + arn.length, 0);
  if (text > MOST_POLICY_TEXT) throw packedTooLarge(Math.ceil((text / MOST_POLICY_TEXT) * 100));
  return [...(Policy === undefined ? [] : [Policy]), ...managed];
}

function tagsOf({ Tags = [] }: Input): Readonly<Record<string, string>> | undefined {
  const keys = Tags.map(({ Key }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) throw twiceTagged();
  return Tags.length === 0 ? undefined : Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

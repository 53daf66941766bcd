import { isConditionOperator } from "../../emulator/authorization/condition.ts";
import { isStatement } from "../../emulator/authorization/document.ts";
import { malformedPolicy } from "./errors.ts";
import type { BucketRecord } from "./model.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const MAX_POLICY_BYTES = 20 * 1024;
const VERSIONS = ["2012-10-17", "2008-10-17"];

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");

/**
 * The statements of a bucket's policy.
 * @throws AwsError MalformedPolicy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 */
export function checkPolicy(text: string, bucket: string): Statement[] {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES)
    throw malformedPolicy("Policy exceeds the maximum allowed document size.");
  const { Version, Statement: given } = parse(text);
  if (Version !== undefined && !VERSIONS.includes(Version as string)) {
    throw malformedPolicy("The policy must contain a valid version string");
  }
  if (given === undefined) throw malformedPolicy("Missing required field Statement");
  const statements = listOf(given);
  if (statements.length === 0) throw malformedPolicy("Could not parse the policy: Statement is empty!");
  return statements.map((statement) => checkStatement(statement, bucket));
}

const listOf = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : [given]);

/** Those of a policy that was checked when it was put. */
export const statementsOf = (text: string): readonly Statement[] => listOf(parse(text)["Statement"]) as Statement[];

function parse(text: string): Json {
  try {
    const policy = JSON.parse(text) as unknown;
    if (isObject(policy)) return policy;
  } catch {
    // the same answer as for JSON that is no object
  }
  throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
}

const POLICY_MEMBERS = ["Version", "Id", "Statement"];
const STATEMENT_MEMBERS = "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split(
  " ",
);

/** A policy as S3 answers it: its members in their own order, and nothing between them. */
export function answeredPolicy(text: string): string {
  const { Statement: given, ...policy } = parse(text);
  const statement = Array.isArray(given) ? given.map(ordered) : ordered(given);
  return JSON.stringify(inOrder({ ...policy, Statement: statement }, POLICY_MEMBERS));
}

const ordered = (statement: unknown): unknown =>
  isObject(statement) ? inOrder(statement, STATEMENT_MEMBERS) : statement;

const inOrder = (value: Json, members: readonly string[]): Json =>
  Object.fromEntries(
    [...members, ...Object.keys(value).filter((name) => !members.includes(name))]
      .filter((name) => name in value)
      .map((name) => [name, value[name]]),
  );

function checkStatement(statement: unknown, bucket: string): Statement {
  if (!isObject(statement)) throw malformedPolicy("Could not parse the policy");
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  if (Effect === undefined) throw malformedPolicy("Missing required field Effect");
  if (Effect !== "Allow" && Effect !== "Deny") throw malformedPolicy(`Invalid effect: ${JSON.stringify(Effect)}`);
  if ((Principal ?? NotPrincipal) === undefined) throw malformedPolicy("Missing required field Principal");
  checkPrincipal(Principal ?? NotPrincipal);
  if (NotPrincipal !== undefined && Effect === "Allow")
    throw malformedPolicy("Allow with NotPrincipal is not allowed.");
  if ((Action ?? NotAction) === undefined) throw malformedPolicy("Missing required field Action");
  const actions = texts(Action ?? NotAction);
  if (actions.length === 0 || actions.some((action) => !/^(\*|s3:[\w*?]+)$/i.test(action))) {
    throw malformedPolicy("Policy has invalid action");
  }
  if ((Resource ?? NotResource) === undefined) throw malformedPolicy("Missing required field Resource");
  const resources = texts(Resource ?? NotResource);
  if (resources.length === 0 || resources.some((resource) => !isOfBucket(resource, bucket))) {
    throw malformedPolicy("Policy has invalid resource");
  }
  if (Resource !== undefined && Action !== undefined) checkApplies(actions, resources);
  if (Condition !== undefined && (!isObject(Condition) || !Object.values(Condition).every(isObject))) {
    throw malformedPolicy("Could not parse the policy: Condition is not an object");
  }
  const unknown = Object.keys(Condition ?? {}).find((operator) => !isConditionOperator(operator));
  if (unknown !== undefined) throw malformedPolicy(`Invalid Condition type : ${unknown}`);
  if (!isStatement(statement)) throw malformedPolicy("Could not parse the policy");
  return statement as unknown as Statement;
}

/** Everyone, an account, or somebody of one: by ARN or by unique id. */
const AWS_PRINCIPAL = /^(?:\*|\d{12}|A[A-Z0-9]{15,}|arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|cloudfront):[^*?]+)$/;

/** On objects; the others of S3 are on buckets. What a wildcard at the end stands for has the same beginning. */
const OF_OBJECTS =
  /^s3:(?:\w*Object\w*|AbortMultipartUpload|BypassGovernanceRetention|InitiateReplication|ListMultipartUploadParts|Replicate(?:Delete|Tags))\*?$/i;
const OF_BUCKETS = /^s3:(?:(?:Create|Delete|Get|List|Put|Update)Bucket\w*|(?:Get|Put)\w+Configuration)\*?$/i;

/** Each action has to be about something that the statement is about. */
function checkApplies(actions: readonly string[], resources: readonly string[]): void {
  const hasObjects = resources.some((resource) => /[/*]/.test(resource));
  const hasBuckets = resources.some((resource) => !resource.includes("/"));
  const applies = (action: string): boolean =>
    OF_BUCKETS.test(action) ? hasBuckets : !OF_OBJECTS.test(action) || hasObjects;
  if (!actions.every(applies)) throw malformedPolicy("Action does not apply to any resource(s) in statement");
}

function checkPrincipal(principal: unknown): void {
  const isValid =
    principal === "*" ||
    (isObject(principal) &&
      Object.keys(principal).length > 0 &&
      Object.entries(principal).every(
        ([kind, who]) =>
          ["AWS", "Service", "Federated", "CanonicalUser"].includes(kind) &&
          texts(who).length > 0 &&
          (kind !== "AWS" || texts(who).every((one) => AWS_PRINCIPAL.test(one))),
      ));
  if (!isValid) throw malformedPolicy("Invalid principal in policy");
}

/** A resource of a bucket's policy has to lie in that bucket; wildcards may stand for the bucket's name. */
function isOfBucket(resource: string, bucket: string): boolean {
  const pattern = /^arn:aws(?:-[a-z-]+)?:s3:::([^/]+)/.exec(resource)?.[1];
  if (pattern === undefined) return resource === "*";
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(bucket);
}

/** Keys of conditions that make a statement for everyone one for somebody, if their values are fixed. */
const NARROWING =
  /^(aws:(Source(Arn|Account|Vpc|Vpce|Owner)|Principal(Arn|Account|OrgID|OrgPaths)|userid|SourceIp|VpcSourceIp)|s3:DataAccessPoint(Arn|Account))$/i;

/**
 * Whether the policy allows something to everyone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function isPublic(statements: readonly Statement[]): boolean {
  return statements.some(({ Effect, Principal, NotPrincipal, Condition }) => {
    if (Effect !== "Allow") return false;
    const everyone =
      NotPrincipal !== undefined || Principal === "*" || (isObject(Principal) && texts(Principal["AWS"]).includes("*"));
    return everyone && !isNarrowed(Condition ?? {});
  });
}

const isNarrowed = (condition: NonNullable<Statement["Condition"]>): boolean =>
  Object.entries(condition).some(
    ([operator, keys]) =>
      !/not/i.test(operator) &&
      Object.entries(keys).some(
        ([key, value]) =>
          NARROWING.test(key) && texts(value).every((one) => one !== "*" && !one.startsWith("0.0.0.0/0")),
      ),
  );

const publicByBucket = new WeakMap<BucketRecord, boolean>();

/** Whether a bucket has a policy that allows something to everyone; asked for every request of a stranger. */
export function hasPublicPolicy(bucket: BucketRecord): boolean {
  if (bucket.policy === undefined) return false;
  let known = publicByBucket.get(bucket);
  if (known === undefined) publicByBucket.set(bucket, (known = isPublic(statementsOf(bucket.policy))));
  return known;
}

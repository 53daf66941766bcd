import { httpStatusOf, UserError } from "../errors.ts";
import { printable } from "../text.ts";
import { isThrottled } from "./retries.ts";

/** What an explanation speaks of. */
export interface Surroundings {
  /** "profile devops-training" */
  readonly source: string;
  readonly region: string;
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly status?: number;
}

interface Explanation {
  readonly when: (failure: Failure) => boolean;
  /** What it means, and the way out. */
  readonly say: (failure: Failure, around: Surroundings) => string;
}

const named =
  (...names: readonly string[]) =>
  ({ name, code }: Failure) =>
    names.includes(name) || (code !== undefined && names.includes(code));

const profileOf = ({ source }: Surroundings): string | undefined => /^profile (.+)$/.exec(source)?.[1];

const signIn = (around: Surroundings, command: string): string =>
  `\`${command}${profileOf(around) === undefined ? "" : ` --profile ${profileOf(around)}`}\``;

/** IAM's refusal, as most services word it. */
const DENIED =
  /(?:User|Principal): (?<who>\S+) is not authorized to perform: (?<action>[\w:*-]+)(?: on resource: (?<resource>\S+))?/;

/** What a refusal by IAM asks for; undefined when the text is none. */
export function explainDenial(text: string): string | undefined {
  const { who, action, resource } = DENIED.exec(text)?.groups ?? {};
  if (who === undefined || action === undefined) return undefined;
  const on = resource?.replace(/^"|"$|[.,]$/g, "");
  if (/explicit deny/.test(text)) {
    return `${who} may not ${action}${on === undefined ? "" : ` on ${on}`}: a policy denies it explicitly, and its owner has to let it through.`;
  }
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: on ?? "*" });
  if (action === "sts:AssumeRole") {
    return (
      `${who} may not assume ${on}: the role's trust policy has to name ${who}, ` +
      `and a policy of ${who} has to have ${statement}.`
    );
  }
  return `${who} may not ${action}${on === undefined ? "" : ` on ${on}`}: its policies need the statement ${statement}.`;
}

/** The first that fits is said. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    // the SDK's own words for a body that it cannot parse
    when: ({ message }) => message.includes("Deserialization error"),
    say: () =>
      `What answers is not AWS, as its answer cannot be read. Is there a proxy, or a sign-in page of the network? ` +
      `An endpoint may be set by AWS_ENDPOINT_URL.`,
  },
  {
    when: ({ name, message }) => /^(Credentials|Token)ProviderError$/.test(name) && /SSO|sso/.test(message),
    say: ({ message }, around) => `${message} ${signIn(around, "aws sso login")} signs in again.`,
  },
  {
    when: ({ name, message }) => /^(Credentials|Token)ProviderError$/.test(name) && /login|session/i.test(message),
    say: ({ message }, around) => `${message} ${signIn(around, "aws login")} signs in again.`,
  },
  {
    when: ({ name }) => /^(Credentials|Token)ProviderError$/.test(name),
    say: ({ message }, { source }) => `The ${source} gives no credentials: ${message}`,
  },
  {
    when: named("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
    say: (_, around) =>
      `The credentials (${around.source}) have expired: get new ones. Where the profile signs in by SSO, ${signIn(around, "aws sso login")} does; ` +
      `keys of the environment (AWS_SESSION_TOKEN) are exported anew or unset.`,
  },
  {
    when: ({ name, message }) =>
      named("RequestTimeTooSkewed", "RequestInTheFuture")({ name, message }) ||
      /Signature (expired|not yet current)/.test(message),
    say: ({ message }) =>
      `The clock of this computer is wrong: AWS takes only what was signed by the right time. ${message}`,
  },
  {
    when: named(
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "InvalidAccessKeyId",
      "AuthFailure",
      "InvalidToken",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "IncompleteSignature",
      "MissingAuthenticationToken",
    ),
    say: ({ message }, { source, region }) =>
      `AWS does not know these credentials (${source}): ${message} Was the key deleted, or mistyped? ` +
      `A region that the account has not switched on answers so too: \`aws account get-region-opt-status --region-name ${region}\` tells.`,
  },
  {
    when: named("OptInRequired", "SubscriptionRequiredException", "AccountProblem"),
    say: ({ message }) => `The account is not set up for this: ${message} Its owner does that in the console.`,
  },
  {
    when: ({ message }) => DENIED.test(message),
    say: ({ message }) => explainDenial(message)!,
  },
  {
    when: (failure) =>
      named("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden")(failure) ||
      failure.status === 403,
    say: ({ message }, { source }) =>
      `Access denied: ${message} The policies of the identity (${source}) have to allow it: \`aws sts get-caller-identity\` shows who it is.`,
  },
  {
    when: named(
      "LimitExceededException",
      "LimitExceeded",
      "ServiceQuotaExceededException",
      "TooManyBuckets",
      "InsufficientCapacityException",
    ),
    say: ({ message }, { region }) =>
      `A quota of the account is used up: ${message} Delete what is not needed, or ask for more in Service Quotas (${region}).`,
  },
  {
    when: named("ENOTFOUND", "EAI_AGAIN"),
    say: ({ message }, { region }) =>
      `AWS was not found: ${message} Is there a network, and is ${region} a region? An endpoint may be set by AWS_ENDPOINT_URL.`,
  },
  {
    when: named(
      "ECONNREFUSED",
      "ECONNRESET",
      "ETIMEDOUT",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "EPIPE",
      "TimeoutError",
      "NetworkingError",
    ),
    say: ({ message }) =>
      `AWS does not answer: ${message} Is there a network, a proxy, a VPN? An endpoint may be set by AWS_ENDPOINT_URL.`,
  },
];

/** An error of a call in an account as one that says what it means and the way out; others as they are. */
export function explainAws(error: unknown, around: Surroundings): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const failure = failureOf(error);
  if (isThrottled(error as Parameters<typeof isThrottled>[0])) {
    const { attempts } = (error as { $metadata?: { attempts?: number } }).$metadata ?? {};
    return new UserError(
      `AWS throttles the account's calls, also after ${attempts ?? "several"} attempts: ${failure.message} ` +
        `Wait some minutes and do it again: what is done stays done. AWS_MAX_ATTEMPTS=20 has more patience.`,
      { cause: error },
    );
  }
  const found = EXPLANATIONS.find(({ when }) => when(failure));
  return found ? new UserError(printable(found.say(failure, around)), { cause: error }) : error;
}

/** What is known of an error; one of the network may be wrapped in others. */
function failureOf(error: Error): Failure {
  const { code, cause, errors } = error as Error & {
    code?: unknown;
    errors?: readonly unknown[];
  };
  const inner = typeof code === "string" ? undefined : [cause, ...(errors ?? [])].find((each) => each instanceof Error);
  const innerCode = inner instanceof Error ? failureOf(inner).code : undefined;
  const message = error.message.replaceAll(/\s*\n\s*/g, " ").trim();
  return {
    name: error.name,
    message: message === "" ? (inner instanceof Error ? inner.message : error.name) : sentence(message),
    code: typeof code === "string" ? code : innerCode,
    status: httpStatusOf(error),
  };
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

import type { CORSRule } from "@aws-sdk/client-s3";
import { invalidRequest, malformedXml } from "./errors.ts";
import { checkHeaderValue } from "./header-value.ts";

const MOST_RULES = 100;
const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
const LONGEST_ID = 255;

/** Members are wanted by the schema; a document may lack them. */
type GivenRule = Partial<CORSRule>;

/**
 * The rules of a CORS configuration, checked.
 * @throws AwsError MalformedXML, InvalidRequest, InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 */
export function checkCorsRules(given: readonly GivenRule[] | undefined): CORSRule[] {
  const rules = given ?? [];
  if (rules.length === 0 || rules.length > MOST_RULES) throw malformedXml();
  return rules.map((rule) => {
    const { AllowedMethods = [], AllowedOrigins = [], AllowedHeaders = [], ExposeHeaders = [], ID = "" } = rule;
    if (AllowedMethods.length === 0 || AllowedOrigins.length === 0 || ID.length > LONGEST_ID) throw malformedXml();
    for (const method of AllowedMethods) {
      if (METHODS.includes(method)) continue;
      throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
    }
    checkWildcards("AllowedOrigin", AllowedOrigins);
    checkWildcards("AllowedHeader", AllowedHeaders);
    const wild = ExposeHeaders.find((header) => header.includes("*"));
    if (wild !== undefined) {
      throw invalidRequest(
        `ExposeHeader "${wild}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
      );
    }
    for (const header of ExposeHeaders) checkHeaderValue("ExposeHeader", header);
    return { ...rule, AllowedMethods, AllowedOrigins };
  });
}

function checkWildcards(element: string, values: readonly string[]): void {
  const twice = values.find((value) => value.split("*").length > 2);
  if (twice !== undefined) throw invalidRequest(`${element} "${twice}" can not have more than one wildcard.`);
}

/** What a page asks for. */
export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** Those that a preflight names. */
  readonly headers: readonly string[];
}

/** The first rule that allows all of a request. */
export const ruleFor = (rules: readonly CORSRule[], { origin, method, headers }: CorsRequest): CORSRule | undefined =>
  rules.find(
    ({ AllowedOrigins = [], AllowedMethods = [], AllowedHeaders = [] }) =>
      AllowedOrigins.some((allowed) => isLike(allowed, origin)) &&
      AllowedMethods.includes(method) &&
      headers.every((header) => AllowedHeaders.some((allowed) => isLike(allowed.toLowerCase(), header.toLowerCase()))),
  );

/** A pattern has one `*` at most. */
function isLike(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}

/** What an answer tells the browser of a page that a rule allows. */
export function corsHeaders(rule: CORSRule, { origin, headers }: CorsRequest): Record<string, string> {
  const isForAll = rule.AllowedOrigins?.includes("*") === true;
  const exposed = rule.ExposeHeaders ?? [];
  return {
    "access-control-allow-origin": isForAll ? "*" : origin,
    ...(!isForAll && { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": (rule.AllowedMethods ?? []).join(", "),
    ...(headers.length > 0 && { "access-control-allow-headers": headers.map((name) => name.toLowerCase()).join(", ") }),
    ...(exposed.length > 0 && { "access-control-expose-headers": exposed.join(", ") }),
    ...(rule.MaxAgeSeconds !== undefined && { "access-control-max-age": String(rule.MaxAgeSeconds) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

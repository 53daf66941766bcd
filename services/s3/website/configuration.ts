import type { RoutingRule, WebsiteConfiguration } from "@aws-sdk/client-s3";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { checkHeaderValue } from "../header-value.ts";

const MOST_RULES = 50;
const REDIRECT_CODES: readonly string[] = ["301", "302", "303", "304", "305", "307", "308"];

/**
 * Checks a website configuration.
 * @throws AwsError MalformedXML, InvalidArgument, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html
 */
export function checkWebsite(given: WebsiteConfiguration | undefined): WebsiteConfiguration {
  if (!given) throw malformedXml();
  const { RedirectAllRequestsTo: all, IndexDocument: index, ErrorDocument: error, RoutingRules: rules = [] } = given;
  if (all) {
    if (index ?? error ?? given.RoutingRules) {
      throw invalidArgument(
        "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
        "RedirectAllRequestsTo",
        "not null",
      );
    }
    if (!all.HostName) throw malformedXml();
    checkHeaderValue("HostName", all.HostName);
    checkProtocol(all.Protocol);
    return given;
  }
  if (!index) {
    throw invalidArgument(
      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      "IndexDocument",
      "null",
    );
  }
  const { Suffix: suffix = "" }: { Suffix?: string | undefined } = index;
  if (suffix === "" || suffix.includes("/")) {
    throw invalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
  }
  if (error && !error.Key) {
    throw invalidArgument("The ErrorDocument Key is not well formed", "ErrorDocument", error.Key ?? "");
  }
  if (given.RoutingRules && rules.length === 0) throw malformedXml();
  if (rules.length > MOST_RULES) {
    throw invalidRequest(
      `${rules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MOST_RULES}.`,
    );
  }
  for (const rule of rules) checkRule(rule);
  return given;
}

function checkRule({ Redirect: redirect, Condition: condition }: Partial<RoutingRule>): void {
  if (!redirect || Object.values(redirect).every((value) => value === undefined)) throw malformedXml();
  if (redirect.ReplaceKeyWith !== undefined && redirect.ReplaceKeyPrefixWith !== undefined) {
    throw invalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
  }
  checkHeaderValue("HostName", redirect.HostName);
  checkProtocol(redirect.Protocol);
  const { HttpRedirectCode: code } = redirect;
  if (code !== undefined && !REDIRECT_CODES.includes(code)) {
    throw invalidRequest(`The provided HTTP redirect code (${code}) is not valid. Valid codes are 3XX except 300.`);
  }
  if (!condition) return;
  const { HttpErrorCodeReturnedEquals: error, KeyPrefixEquals: prefix } = condition;
  if ((error ?? prefix) === undefined) {
    throw invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    );
  }
  if (error !== undefined && !/^[45]\d\d$/.test(error)) {
    throw invalidRequest(`The provided HTTP error code (${error}) is not valid. Valid codes are 4XX or 5XX.`);
  }
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol === undefined || protocol === "http" || protocol === "https") return;
  throw invalidRequest(
    "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
  );
}

import type { Signature } from "./exchange.ts";
import { AwsError } from "../model/errors.ts";
import type { Principal } from "../model/context.ts";
import type { CredentialProblem, Credentials } from "../model/credentials.ts";
import type { Service } from "../model/service.ts";

/** The account of every access key that does not name one, as LocalStack has it. */
export const DEFAULT_ACCOUNT = "000000000000";

const SCOPE = /^([^/]+)\/(\d{8})\/([^/]*)\/([^/]+)\/aws4_request$/;

/**
 * Account, region and service of a request, from its SigV4 credential scope (header or presigned query). The signature
 * itself is not verified: the secret of `test` is no secret.
 */
export function readSignature(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Signature | undefined {
  const header = headers["authorization"];
  const credential = header?.startsWith("AWS4-")
    ? /Credential=([^,\s]+)/.exec(header)?.[1]
    : (query.get("X-Amz-Credential") ?? undefined);
  if (credential === undefined) return readSignatureV2(query);
  const scope = SCOPE.exec(credential);
  if (!scope) return undefined;
  const [, accessKeyId = "", , region = "", service = ""] = scope;
  const sessionToken = headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? undefined;
  return { accessKeyId, region, service, sessionToken };
}

/** S3's older presigned URLs, which boto3 still makes by default: they name neither region nor service. */
function readSignatureV2(query: URLSearchParams): Signature | undefined {
  const accessKeyId = query.get("AWSAccessKeyId");
  if (accessKeyId === null || !query.has("Signature")) return undefined;
  return {
    accessKeyId,
    region: "us-east-1",
    service: "s3",
    sessionToken: query.get("x-amz-security-token") ?? undefined,
  };
}

/** An access key of 12 digits is the account itself; every other one belongs to the default account. */
export function rootPrincipal(accessKeyId: string): Principal {
  const account = /^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT;
  return { type: "root", account, arn: `arn:aws:iam::${account}:root`, userId: account };
}

/** @throws AwsError in the words of the service's protocol */
export function temporaryPrincipal(
  service: Service,
  { accessKeyId, sessionToken }: Signature,
  credentials: Credentials,
): Principal {
  const found = credentials.resolve(accessKeyId, sessionToken);
  if (typeof found !== "string") return found;
  throw service.protocol === "restXml" ? refusedByS3(found, accessKeyId) : refusedCredentials(service, found);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function refusedByS3(problem: CredentialProblem, accessKeyId: string): AwsError {
  switch (problem) {
    case "unknown":
      return new AwsError(
        { code: "InvalidAccessKeyId", status: 403 },
        "The AWS Access Key Id you provided does not exist in our records.",
        { AWSAccessKeyId: accessKeyId },
      );
    case "wrong-token":
      return new AwsError(
        { code: "InvalidToken", status: 400 },
        "The provided token is malformed or otherwise invalid.",
      );
    case "expired":
      return new AwsError({ code: "ExpiredToken", status: 400 }, "The provided token has expired.");
  }
}

function refusedCredentials({ protocol, version }: Service, problem: CredentialProblem): AwsError {
  // a json service that once spoke query has kept the codes of then
  const hasQueryCodes = protocol === "query" || (protocol === "json" && version !== undefined);
  const status = protocol === "json" && !hasQueryCodes ? 400 : 403;
  return problem === "expired"
    ? new AwsError(
        { code: hasQueryCodes ? "ExpiredToken" : "ExpiredTokenException", status },
        "The security token included in the request is expired",
      )
    : new AwsError(
        { code: hasQueryCodes ? "InvalidClientTokenId" : "UnrecognizedClientException", status },
        "The security token included in the request is invalid.",
      );
}

export function missingSignature(service: Service, headers: Readonly<Record<string, string>>): AwsError {
  if (service.protocol === "restXml") {
    return headers["authorization"] === undefined
      ? new AwsError({ code: "AccessDenied", status: 403 }, "Access Denied")
      : new AwsError(
          { code: "InvalidRequest", status: 400 },
          "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        );
  }
  const code = service.protocol === "query" ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException";
  return headers["authorization"] === undefined
    ? new AwsError({ code, status: 403 }, "Missing Authentication Token")
    : new AwsError(
        { code: service.protocol === "query" ? "IncompleteSignature" : "IncompleteSignatureException", status: 400 },
        "Authorization header requires 'Credential' parameter.",
      );
}

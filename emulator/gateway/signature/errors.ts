import { AwsError, unsupported } from "../../model/errors.ts";
import type { CredentialProblem } from "../../model/credentials.ts";
import type { Service } from "../../model/service.ts";
import { ALGORITHM, formatDateTime } from "./canonical-request.ts";

/** What of a service tells in which words it refuses. */
export type Wording = Pick<Service, "name" | "protocol" | "version">;

const error = (code: string, status: number, message: string, fields?: Readonly<Record<string, unknown>>) =>
  new AwsError({ code, status }, message, fields);

const isS3 = ({ protocol }: Wording): boolean => protocol === "restXml";

/** A json service that once spoke query has kept the codes of then. */
const hasQueryCodes = ({ protocol, version }: Wording): boolean =>
  protocol === "query" || (protocol === "json" && version !== undefined);

const denialStatus = (service: Wording): number => (service.protocol === "json" && !hasQueryCodes(service) ? 400 : 403);

export const refusedCredentials = (service: Wording, problem: CredentialProblem, accessKeyId: string): AwsError =>
  isS3(service) ? refusedByS3(problem, accessKeyId) : refusedElsewhere(service, problem);

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList */
function refusedByS3(problem: CredentialProblem, accessKeyId: string): AwsError {
  switch (problem) {
    case "unknown":
      return error("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.", {
        AWSAccessKeyId: accessKeyId,
      });
    case "wrong-token":
      return error("InvalidToken", 400, "The provided token is malformed or otherwise invalid.");
    case "expired":
      return error("ExpiredToken", 400, "The provided token has expired.");
  }
}

function refusedElsewhere(service: Wording, problem: CredentialProblem): AwsError {
  const status = denialStatus(service);
  const ofQuery = hasQueryCodes(service);
  return problem === "expired"
    ? error(
        ofQuery ? "ExpiredToken" : "ExpiredTokenException",
        status,
        "The security token included in the request is expired",
      )
    : error(
        ofQuery ? "InvalidClientTokenId" : "UnrecognizedClientException",
        status,
        "The security token included in the request is invalid.",
      );
}

/** S3's clients may sign with asymmetric keys, for requests to several regions. */
export const SIGV4A = "AWS4-ECDSA-P256-SHA256";

export const asymmetricSignature = (): AwsError =>
  unsupported(`The signature algorithm ${SIGV4A} (Signature Version 4A)`);

export function missingSignature(
  service: Wording,
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): AwsError {
  const header = headers["authorization"];
  if (header?.startsWith(SIGV4A) || query.get("X-Amz-Algorithm") === SIGV4A) {
    return asymmetricSignature();
  }
  if (isS3(service) && header === undefined && query.has("X-Amz-Credential")) return malformedCredential();
  if (isS3(service)) return header ? refusedAuthorization(header) : error("AccessDenied", 403, "Access Denied");
  const ofQuery = service.protocol === "query";
  return header === undefined
    ? error(
        ofQuery ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException",
        403,
        "Missing Authentication Token",
      )
    : incompleteSignature(service, "Authorization header requires 'Credential' parameter.");
}

const EXPECTED_CREDENTIAL = 'mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';

const malformedCredential = (): AwsError =>
  error(
    "AuthorizationQueryParametersError",
    400,
    `Error parsing the X-Amz-Credential parameter; the Credential is ${EXPECTED_CREDENTIAL}`,
  );

/** An Authorization header that S3 reads no credential in. */
function refusedAuthorization(header: string): AwsError {
  const invalid = (message: string) =>
    error("InvalidArgument", 400, message, { ArgumentName: "Authorization", ArgumentValue: header });
  const [type = "", rest = ""] = header.split(/\s+(.*)/s, 2);
  if (type === ALGORITHM) {
    return malformedHeader(
      /Credential=/.test(rest)
        ? `the Credential is ${EXPECTED_CREDENTIAL}`
        : "Authorization header requires 'Credential' parameter.",
    );
  }
  if (type !== "AWS") return invalid("Unsupported Authorization Type");
  if (!/^[^:]+:[^:]+$/.test(rest))
    return invalid("AWS authorization header is invalid.  Expected AwsAccessKeyId:signature");
  return error(
    "InvalidRequest",
    400,
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  );
}

/** S3 asks for a date before it looks at what is signed. */
export const missingDate = (service: Wording): AwsError =>
  isS3(service)
    ? error("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header")
    : incompleteSignature(
        service,
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
      );

export const incompleteSignature = (service: Wording, message: string): AwsError =>
  isS3(service)
    ? malformedHeader(message)
    : error(service.protocol === "query" ? "IncompleteSignature" : "IncompleteSignatureException", 400, message);

const malformedHeader = (message: string) =>
  error("AuthorizationHeaderMalformed", 400, `The authorization header is malformed; ${message}`);

export const wrongScopeDate = (service: Wording, scopeDate: string, dateTime: string): AwsError =>
  isS3(service)
    ? malformedHeader(
        `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${dateTime.slice(0, 8)}".`,
      )
    : mismatch(service, `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP`);

const mismatch = (service: Wording, message: string): AwsError =>
  hasQueryCodes(service)
    ? error("SignatureDoesNotMatch", 403, message)
    : error("InvalidSignatureException", denialStatus(service), message);

const hexBytes = (text: string): string =>
  Buffer.from(text, "utf8")
    .toString("hex")
    .replace(/(..)(?!$)/g, "$1 ");

export interface Mismatch {
  readonly accessKeyId: string;
  readonly provided: string;
  readonly stringToSign: string;
  /** Of signature version 4. */
  readonly canonicalRequest?: string;
}

/** S3 says what it signed, so that a client can see where it signed something else. */
export function signatureMismatch(service: Wording, found: Mismatch): AwsError {
  const check = "The request signature we calculated does not match the signature you provided. Check your";
  if (!isS3(service)) {
    return mismatch(
      service,
      `${check} AWS Secret Access Key and signing method. Consult the service documentation for details.`,
    );
  }
  const { accessKeyId, provided, stringToSign, canonicalRequest } = found;
  return error("SignatureDoesNotMatch", 403, `${check} key and signing method.`, {
    AWSAccessKeyId: accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: provided,
    StringToSignBytes: hexBytes(stringToSign),
    ...(canonicalRequest !== undefined && {
      CanonicalRequest: canonicalRequest,
      CanonicalRequestBytes: hexBytes(canonicalRequest),
    }),
  });
}

export const headersNotSigned = (names: readonly string[]): AwsError =>
  error("AccessDenied", 403, "There were headers present in the request which were not signed", {
    HeadersNotSigned: names.join(", "),
  });

export const missingContentSha256 = (): AwsError =>
  error("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256");

/** How far the clocks of client and service may be apart, in milliseconds. */
export const maxSkewMs = (service: Wording): number => (isS3(service) ? 15 : 5) * 60_000;

export function skewed(service: Wording, signedMs: number, nowMs: number): AwsError {
  const [signed, now] = [formatDateTime(signedMs), formatDateTime(nowMs)];
  const most = maxSkewMs(service);
  if (isS3(service)) {
    return error(
      "RequestTimeTooSkewed",
      403,
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: signed,
        ServerTime: new Date(nowMs).toISOString().replace(/\.\d+/, ""),
        MaxAllowedSkewMilliseconds: most,
      },
    );
  }
  return mismatch(
    service,
    signedMs < nowMs
      ? `Signature expired: ${signed} is now earlier than ${formatDateTime(nowMs - most)} (${now} - 5 min.)`
      : `Signature not yet current: ${signed} is still later than ${formatDateTime(nowMs + most)} (${now} + 5 min.)`,
  );
}

export const contentSha256Mismatch = (claimed: string, computed: string): AwsError =>
  error(
    "XAmzContentSHA256Mismatch",
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: computed },
  );

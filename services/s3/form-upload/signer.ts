import { DEFAULT_ACCOUNT, principalOf } from "../../../emulator/gateway/authenticate.ts";
import { ALGORITHM, parseDateTime, sign, signingKey } from "../../../emulator/gateway/signature/canonical-request.ts";
import {
  asymmetricSignature,
  refusedCredentials,
  SIGV4A,
  signatureMismatch,
} from "../../../emulator/gateway/signature/errors.ts";
import { signV2 } from "../../../emulator/gateway/signature/signature-v2.ts";
import { ANONYMOUS, type Principal } from "../../../emulator/model/context.ts";
import type { Credentials } from "../../../emulator/model/credentials.ts";
import type { Service } from "../../../emulator/model/service.ts";
import { equalSecrets } from "../../../emulator/runtime/equal-secrets.ts";
import { accessDenied } from "../errors.ts";
import { invalidField, missingField } from "./errors.ts";

const SCOPE = /^(.+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/;

/** Who sends none of them has not signed. */
const SIGNING = ["awsaccesskeyid", "signature", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"];

export interface Signer {
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
}

/**
 * Whose form it is: whoever signed its policy. A form without one is nobody's.
 * @throws AwsError InvalidArgument, AccessDenied, SignatureDoesNotMatch, InvalidAccessKeyId, InvalidToken, ExpiredToken
 */
export function signerOf(service: Service, fields: ReadonlyMap<string, string>, credentials: Credentials): Signer {
  const policy = fields.get("policy");
  if (policy === undefined) return { principal: ANONYMOUS, account: DEFAULT_ACCOUNT, region: "us-east-1" };
  if (!SIGNING.some((name) => fields.has(name))) throw accessDenied();
  const isV2 = fields.has("awsaccesskeyid") || fields.has("signature");
  const { accessKeyId, region, provided, signed } = isV2 ? byV2(fields, policy) : byV4(fields, policy);
  const secret = credentials.secretOf(accessKeyId);
  if (secret === undefined) throw refusedCredentials(service, "unknown", accessKeyId);
  if (credentials.verified !== "none" && !equalSecrets(signed(secret), provided)) {
    throw signatureMismatch(service, { accessKeyId, provided, stringToSign: policy });
  }
  const sessionToken = fields.get("x-amz-security-token");
  const principal = principalOf(service, { accessKeyId, region, service: "s3", sessionToken }, credentials);
  return { principal, account: principal.account, region };
}

interface PolicySignature {
  readonly accessKeyId: string;
  readonly region: string;
  readonly provided: string;
  readonly signed: (secret: string) => string;
}

function byV4(fields: ReadonlyMap<string, string>, policy: string): PolicySignature {
  const field = (name: string): string => {
    const value = fields.get(name.toLowerCase());
    if (value === undefined) throw missingField(name);
    return value;
  };
  const algorithm = field("X-Amz-Algorithm");
  if (algorithm === SIGV4A) throw asymmetricSignature();
  if (algorithm !== ALGORITHM) {
    throw invalidField(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
      "X-Amz-Algorithm",
      algorithm,
    );
  }
  const credential = field("X-Amz-Credential");
  const [, accessKeyId = "", date = "", region = ""] = SCOPE.exec(credential) ?? [];
  if (accessKeyId === "") {
    throw invalidField(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      "X-Amz-Credential",
      credential,
    );
  }
  const dateTime = field("X-Amz-Date");
  if (parseDateTime(dateTime) === undefined) {
    throw invalidField(
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
      "X-Amz-Date",
      dateTime,
    );
  }
  return {
    accessKeyId,
    region,
    provided: field("X-Amz-Signature"),
    signed: (secret) => sign(signingKey(secret, { date, region, service: "s3" }), policy),
  };
}

function byV2(fields: ReadonlyMap<string, string>, policy: string): PolicySignature {
  const accessKeyId = fields.get("awsaccesskeyid");
  const provided = fields.get("signature");
  if (accessKeyId === undefined) throw missingField("AWSAccessKeyId");
  if (provided === undefined) throw missingField("Signature");
  return {
    accessKeyId,
    region: "us-east-1",
    provided,
    signed: (secret) => signV2(secret, policy),
  };
}

import type { Signature } from "./exchange.ts";
import { ownerOf, type Principal } from "../model/context.ts";
import type { Credentials } from "../model/credentials.ts";
import { ALGORITHM } from "./signature/canonical-request.ts";
import { refusedCredentials, type Wording } from "./signature/errors.ts";

/** The account of every access key that does not name one, as LocalStack has it. */
export const DEFAULT_ACCOUNT = "000000000000";

/** Access keys may hold a slash. */
const SCOPE = /^(.+)\/(\d{8})\/([^/]*)\/([^/]+)\/aws4_request$/;

/**
 * Account, region and service of a request, from its SigV4 credential scope (header or presigned query). The signature
 * itself is verified later, where it has to be.
 */
export function readSignature(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Signature | undefined {
  const header = headers["authorization"];
  const credential = header?.startsWith(ALGORITHM)
    ? /Credential=([^,\s]+)/.exec(header)?.[1]
    : (query.get("X-Amz-Credential") ?? undefined);
  if (credential === undefined) return readSignatureV2(query);
  const scope = SCOPE.exec(credential);
  if (!scope) return undefined;
  const [, accessKeyId = "", date = "", region = "", service = ""] = scope;
  const sessionToken = headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? undefined;
  return { accessKeyId, date, region, service, sessionToken };
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
function rootPrincipal(accessKeyId: string): Principal {
  return ownerOf(/^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT);
}

/** Whose an access key is. @throws AwsError in the words of the service's protocol */
export function principalOf(
  service: Wording,
  { accessKeyId, sessionToken }: Signature,
  credentials: Credentials,
): Principal {
  if (!accessKeyId.startsWith("ASIA")) return rootPrincipal(accessKeyId);
  const found = credentials.resolve(accessKeyId, sessionToken);
  if (typeof found !== "string") return found;
  throw refusedCredentials(service, found, accessKeyId);
}

import { timeOf } from "../../emulator/authorization/date.ts";

const PARTITION = /^(?:\*|aws(?:-[a-z]+)*)$/;

/** The kinds of S3's ARNs that name a region. */
const REGIONAL_S3 = /^(?:accesspoint|access-grants|async-request|job|storage-lens|storage-lens-group)\//;

const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** What IAM says of a resource that is no ARN, or none of its service. */
export function resourceComplaint(resource: string): string | undefined {
  if (resource === "*") return undefined;
  const [, partition, ...rest] = resource.split(":");
  const [service = "*", region = "*", account = "*", ...ids] = rest;
  const id = ids.join(":");
  if (partition === undefined) return `Resource ${resource} must be in ARN format or "*".`;
  if (!PARTITION.test(partition)) {
    const arn = ["arn", partition, service, region, account, rest.length > 3 ? id : "*"].join(":");
    return `Partition "${partition}" is not valid for resource "${arn}".`;
  }
  if (rest.length === 0) return "Resource vendor must be fully qualified and cannot contain regexes.";
  if (service === "iam" && region !== "") return `IAM resource ${resource} cannot contain region information.`;
  if (service === "s3" && region !== "" && !REGIONAL_S3.test(id)) {
    return `Resource ${resource} can not contain region information.`;
  }
  if (service === "iam" && !/^[^/]*[*?]/.test(id) && !IAM_PATHS.some((path) => id.startsWith(path))) {
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
  }
  return undefined;
}

/** An ARN that says with two colons that something is left out has to have all of its parts, and a service. */
export function isIncompleteArn(resource: string): boolean {
  if (resource === "*") return false;
  const parts = resource.split(":");
  return (parts.length < 6 && resource.includes("::")) || parts[2] === "";
}

/** A date of ISO 8601 or a timestamp; what a variable stands for is not known before there is a request. */
export const isDate = (text: string): boolean => text.includes("${") || timeOf(text) !== undefined;

import { createHash } from "node:crypto";
import type { AccessScope } from "./access.ts";

/** The ARN of the key that AWS manages for a service in an account and region: always the same one. There is no KMS here, so it is the only one. */
export function managedKeyArn(service: "dynamodb" | "s3", { account, region }: AccessScope): string {
  const hex = createHash("sha256").update(`aws/${service} of ${account} in ${region}`).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `arn:aws:kms:${region}:${account}:key/${uuid.join("-")}`;
}

/** Whether a request names that key: by an alias, an ARN or its id. */
export function isManagedKey(service: "dynamodb" | "s3", scope: AccessScope, key: string): boolean {
  const arn = managedKeyArn(service, scope);
  const alias = `alias/aws/${service}`;
  return (
    key === `aws/${service}` || key === alias || key.endsWith(`:${alias}`) || key === arn || arn.endsWith(`key/${key}`)
  );
}

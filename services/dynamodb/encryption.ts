import { createHash } from "node:crypto";
import { unsupported } from "../../emulator/model/errors.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { invalidParameter } from "./errors.ts";
import type { Table } from "./model.ts";

type Specification = InputOf<"dynamodb", "CreateTable">["SSESpecification"];
type Scope = { readonly account: string; readonly region: string };

const MANAGED_ALIASES = ["aws/dynamodb", "alias/aws/dynamodb"];

/** The key that AWS manages for DynamoDB in an account and region: there is no KMS here, so it is the only one. */
export function managedKeyArn({ account, region }: Scope): string {
  const hex = createHash("sha256").update(`aws/dynamodb of ${account} in ${region}`).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `arn:aws:kms:${region}:${account}:key/${uuid.join("-")}`;
}

/**
 * Whether a table is to be encrypted by the key that AWS manages, in name; else it is by one that AWS owns.
 * @throws AwsError ValidationException; NotImplemented for keys of the customer's own
 */
export function wantsManagedKey(scope: Scope, specification: Specification): boolean {
  const { Enabled = false, SSEType, KMSMasterKeyId } = specification ?? {};
  if (!Enabled) {
    if (SSEType !== undefined) throw invalidParameter("SSEType can not be specified if Enabled is false");
    if (KMSMasterKeyId !== undefined) throw invalidParameter("KMSMasterKeyId can not be specified if Enabled is false");
    return false;
  }
  if (SSEType === "AES256") throw invalidParameter("SSEType AES256 is not supported");
  if (KMSMasterKeyId === undefined) return true;
  if (SSEType === undefined) throw invalidParameter("SSEType KMS is required if KMSMasterKeyId is specified");
  const arn = managedKeyArn(scope);
  const isManaged =
    MANAGED_ALIASES.includes(KMSMasterKeyId) ||
    KMSMasterKeyId === arn ||
    arn.endsWith(`key/${KMSMasterKeyId}`) ||
    KMSMasterKeyId.endsWith(":alias/aws/dynamodb");
  if (!isManaged) throw unsupported("DynamoDB: encryption by a KMS key of the customer (KMSMasterKeyId)");
  return true;
}

/** @throws AwsError ValidationException, where nothing would change */
export function withEncryption(table: Table, scope: Scope, specification: Specification): Table {
  if (specification === undefined) return table;
  const hasManagedKey = wantsManagedKey(scope, specification);
  if (!hasManagedKey && table.hasManagedKey !== true) throw invalidParameter("Table is already encrypted by default");
  if (hasManagedKey && table.hasManagedKey === true) {
    throw invalidParameter(
      "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key",
    );
  }
  return { ...table, hasManagedKey };
}

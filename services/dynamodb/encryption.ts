import { unsupported } from "../../emulator/model/errors.ts";
import { isManagedKey } from "../../emulator/model/managed-key.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { invalidParameter } from "./errors.ts";
import type { Table } from "./model.ts";

type Specification = InputOf<"dynamodb", "CreateTable">["SSESpecification"];
type Scope = { readonly account: string; readonly region: string };

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
  if (!isManagedKey("dynamodb", scope, KMSMasterKeyId)) {
    throw unsupported("DynamoDB: encryption by a KMS key of the customer (KMSMasterKeyId)");
  }
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

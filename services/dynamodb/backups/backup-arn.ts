import { accessDenied } from "./errors.ts";
import type { AwsError } from "../../../emulator/model/errors.ts";

export type JobKind = "backup" | "export" | "import";

export interface JobArn {
  readonly region: string;
  readonly tableName: string;
  readonly id: string;
}

const ARN = /^arn:aws:dynamodb:([^:]*):(\d{12}):table\/([^/]{3,})\/(backup|export|import)\/([^/]+)$/;

export const jobArn = (tableArn: string, kind: JobKind, id: string): string => `${tableArn}/${kind}/${id}`;

/**
 * The parts of the ARN of a backup, export or import.
 * @throws AwsError of `invalid` for what is none, AccessDeniedException for another account's
 */
export function parseJobArn(arn: string, kind: JobKind, account: string, invalid: () => AwsError): JobArn {
  const [, region = "", owner, tableName = "", given, id = ""] = ARN.exec(arn) ?? [];
  if (given !== kind) throw invalid();
  if (owner !== account) throw accessDenied();
  return { region, tableName, id };
}

/**
 * Unlike backups, exports and imports are of the region where they are asked for.
 * @throws AwsError AccessDeniedException for the ARN of anything elsewhere, of `invalid` for what is none
 */
export function checkJobArn(
  arn: string,
  kind: "export" | "import",
  scope: { readonly account: string; readonly region: string },
  invalid: () => AwsError,
): void {
  const isOwn = arn.startsWith(`arn:aws:dynamodb:${scope.region}:${scope.account}:`);
  if (arn.startsWith("arn:") && !isOwn) throw accessDenied();
  parseJobArn(arn, kind, scope.account, invalid);
}

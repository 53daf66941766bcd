import {
  ExportConflictException$,
  ExportNotFoundException$,
  ImportConflictException$,
  ImportNotFoundException$,
  InvalidExportTimeException$,
} from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";

const CONFLICT = "Duplicate request detected with conflicting parameters";

export const exportConflict = (): AwsError => new AwsError(ExportConflictException$, `Export conflict: ${CONFLICT}`);

export const importConflict = (): AwsError => new AwsError(ImportConflictException$, `Import conflict: ${CONFLICT}`);

export const invalidExportArn = (): AwsError => validationError("Invalid Export ARN");

export const invalidImportArn = (): AwsError => validationError("Invalid Import ARN");

export const exportNotFound = (arn: string): AwsError =>
  new AwsError(ExportNotFoundException$, `Export not found: Export not found: ${arn}`);

export const importNotFound = (arn: string): AwsError =>
  new AwsError(ImportNotFoundException$, `Import not found: Import not found: ${arn}`);

export const invalidExportTime = (message: string): AwsError => new AwsError(InvalidExportTimeException$, message);

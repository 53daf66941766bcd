import { DuplicateItemException$ } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../emulator/model/errors.ts";
import { validationError } from "../errors.ts";
import type { Span } from "./tokens.ts";

/** A statement that cannot be read. @param detail AWS gives none for what is no token at all */
export const notWellFormed = (detail = ""): AwsError =>
  validationError(`Statement wasn't well formed, can't be processed: ${detail}`);

/** A complaint about one place of the statement: line, column and length, counted in characters from 1. */
export const invalidAt = (problem: string, { line, column, length }: Span): AwsError =>
  validationError(`${problem} at ${line}:${column}:${length}`);

export const DUPLICATE_ITEM = "Duplicate primary key exists in table";

export const duplicateItem = (): AwsError => new AwsError(DuplicateItemException$, DUPLICATE_ITEM);

export const keyTypeMismatch = (name: string): AwsError =>
  validationError(`Key attribute's data type should match its data type in table's schema: Key ${name}`);

export const incompleteKey = (): AwsError =>
  validationError("Where clause does not contain a mandatory equality on all key attributes");

export const emptyPathComponent = (): AwsError => validationError("Path component cannot be an empty string");

export const unsupportedOnIndex = (): AwsError => validationError("This operation is not supported on an index");

/** It names tables, but follows the index that a statement reads. */
export const severalKeyAttributes = (): AwsError =>
  validationError(
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.",
  );

import type { StaticErrorSchema } from "@smithy/types";

/** An error that AWS documents as common to a service and that its SDK therefore has no schema for. */
export interface CommonError {
  readonly code: string;
  /** HTTP status code. */
  readonly status: number;
}

export type ErrorShape = StaticErrorSchema | CommonError;

/**
 * An answer that AWS documents as an error: `shape` gives code and status, `message` is AWS's own text, `fields` are
 * the further members of the error's structure. Anything else that is thrown is a bug and is answered as
 * InternalFailure.
 */
export class AwsError extends Error {
  readonly shape: ErrorShape;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(shape: ErrorShape, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.shape = shape;
    this.fields = fields;
    this.name = "code" in shape ? shape.code : shape[2];
  }
}

/** What a service says of an operation, setting or resource that AWS has and Headwater does not have. */
export const unsupported = (what: string): AwsError =>
  new AwsError({ code: "NotImplemented", status: 501 }, `${what} is not supported by Headwater.`);

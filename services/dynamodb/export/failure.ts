import { AwsError } from "../../../emulator/model/errors.ts";
import type { Failure } from "./model.ts";

const statusOf = ({ shape }: AwsError): number =>
  "code" in shape ? shape.status : ((shape[3] as { readonly httpError?: number } | undefined)?.httpError ?? 400);

/** What a job says of a call to S3 that failed, in the words of AWS's own client. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof AwsError)) return { code: "UNKNOWN", message: "An internal error has occurred." };
  const details = `Service: Amazon S3; Status Code: ${statusOf(error)}; Error Code: ${error.name}; Proxy: null`;
  return { code: `S3${error.name}`, message: `${error.message} (${details})` };
}

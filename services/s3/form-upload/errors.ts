import { AwsError } from "../../../emulator/model/errors.ts";

type Fields = Readonly<Record<string, unknown>>;

const error = (code: string, status: number, message: string, fields?: Fields) =>
  new AwsError({ code, status }, message, fields);

export const malformedPost = () =>
  error("MalformedPOSTRequest", 400, "The body of your POST request is not well-formed multipart/form-data.");

export const fieldsTooLarge = (maxBytes: number) =>
  error("MaxPostPreDataLengthExceeded", 400, "Your POST request fields preceding the upload file were too large.", {
    MaxPostPreDataLengthBytes: maxBytes,
  });

export const oneFile = () =>
  error("InvalidArgument", 400, "POST requires exactly one file upload per request.", {
    ArgumentName: "file",
    ArgumentValue: 0,
  });

export const missingField = (name: string) =>
  error(
    "InvalidArgument",
    400,
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { ArgumentName: name, ArgumentValue: "" },
  );

export const invalidField = (message: string, name: string, value: string) =>
  error("InvalidArgument", 400, message, { ArgumentName: name, ArgumentValue: value });

export const invalidPolicy = (what: string) => error("InvalidPolicyDocument", 400, `Invalid Policy: ${what}`);

/** The form is not what whoever signed the policy allows. */
export const againstPolicy = (what: string) => error("AccessDenied", 403, `Invalid according to Policy: ${what}`);

export const tooSmall = (proposedBytes: number, minBytes: number) =>
  error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
    ProposedSize: proposedBytes,
    MinSizeAllowed: minBytes,
  });

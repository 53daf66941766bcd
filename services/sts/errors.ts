import { AwsError } from "../../emulator/model/errors.ts";

export const notAuthorized = (caller: string, role: string) =>
  new AwsError(
    { code: "AccessDenied", status: 403 },
    `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  );

export const sessionTooLong = () =>
  new AwsError(
    { code: "ValidationError", status: 400 },
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );

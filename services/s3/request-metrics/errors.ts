import { AwsError } from "../../../emulator/model/errors.ts";

const error = (code: string, status: number, message: string) => new AwsError({ code, status }, message);

export const noSuchConfiguration = () =>
  error("NoSuchConfiguration", 404, "The specified configuration does not exist.");

export const tooManyConfigurations = () =>
  error(
    "TooManyConfigurations",
    400,
    "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
  );

export const malformedContinuationToken = () =>
  error("MalformedContinuationToken", 400, "The continuation-token you provided invalid.");

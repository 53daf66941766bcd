import { describe, expect, it } from "@jest/globals";
import { UserError } from "../errors.ts";
import { explainAws, explainDenial } from "./explain.ts";

const AROUND = { source: "profile training", region: "eu-central-1" };

const failure = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

const said = (error: unknown): string => {
  const explained = explainAws(error, AROUND);
  expect(explained).toBeInstanceOf(UserError);
  return (explained as UserError).message;
};

describe("explainAws", () => {
  it.each([
    [
      "an SSO session that has expired",
      failure("CredentialsProviderError", "The SSO session associated with this profile has expired."),
      "`aws sso login --profile training` signs in again",
    ],
    [
      "a profile whose process fails",
      failure("CredentialsProviderError", "Profile training not found"),
      "The profile training gives no credentials: Profile training not found.",
    ],
    [
      "credentials that have expired",
      failure("ExpiredTokenException", "The security token included in the request is expired"),
      "(profile training) have expired",
    ],
    [
      "a key that is not known",
      failure("UnrecognizedClientException", "The security token included in the request is invalid."),
      "--region-name eu-central-1",
    ],
    [
      "a clock that is wrong",
      failure("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z"),
      "The clock of this computer is wrong",
    ],
    [
      "throttling that does not end",
      failure("ThrottlingException", "Rate exceeded", { $metadata: { attempts: 10 } }),
      "also after 10 attempts: Rate exceeded. Wait",
    ],
    ["a quota", failure("LimitExceededException", "Too many shards"), "ask for more in Service Quotas (eu-central-1)"],
    [
      "a region that is none",
      failure("Error", "getaddrinfo ENOTFOUND sts.eu-centrl-1.amazonaws.com", { code: "ENOTFOUND" }),
      "is eu-central-1 a region?",
    ],
    [
      "a connection that is refused, wrapped in another error",
      failure("AggregateError", "", {
        errors: [failure("Error", "connect ECONNREFUSED ::1:9", { code: "ECONNREFUSED" })],
      }),
      "AWS does not answer: connect ECONNREFUSED ::1:9",
    ],
    [
      "a HEAD request that is refused",
      failure("Unknown", "UnknownError", { $metadata: { httpStatusCode: 403 } }),
      "Access denied",
    ],
  ])("says what to do about %s", (_, error, way) => {
    expect(said(error)).toContain(way);
  });

  it("leaves alone what it knows nothing of, and what says all by itself", () => {
    for (const error of [failure("ValidationError", "Template format error"), new UserError("All is said.")]) {
      expect(explainAws(error, AROUND)).toBe(error);
    }
  });
});

describe("explainDenial", () => {
  const USER = "arn:aws:iam::123456789012:user/ada";
  const STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/rivers";

  it("gives the statement that is missing", () => {
    const text = `User: ${USER} is not authorized to perform: kinesis:CreateStream on resource: ${STREAM} because no identity-based policy allows the kinesis:CreateStream action`;
    expect(explainDenial(text)).toBe(
      `${USER} may not kinesis:CreateStream on ${STREAM}: its policies need the statement ` +
        `{"Effect":"Allow","Action":"kinesis:CreateStream","Resource":"${STREAM}"}.`,
    );
  });

  it("names no statement where a policy denies", () => {
    const text = `User: ${USER} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::code/a" with an explicit deny in a service control policy`;
    expect(explainDenial(text)).toMatch(/s3:PutObject on arn:aws:s3:::code\/a: a policy denies it explicitly/);
  });

  it("tells of both policies that a role to assume needs", () => {
    const role = "arn:aws:iam::123456789012:role/deployer";
    const text = `User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${role}`;
    expect(explainDenial(text)).toMatch(/trust policy has to name .*user\/ada.*"Action":"sts:AssumeRole"/);
  });

  it("is no denial that does not say who may not do what", () => {
    expect(explainDenial("Access Denied")).toBeUndefined();
  });
});

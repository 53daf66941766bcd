import { join } from "node:path";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { getHomeDir, type ParsedIniData, type Profile, parseKnownFiles } from "@smithy/core/config";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { ask } from "../confirmation.ts";
import { UserError } from "../errors.ts";

/** The profile of whoever says nothing of profiles. */
const USUAL_PROFILE = "devops-training";

/** What a profile may get its credentials by. */
const CREDENTIAL_SETTINGS = [
  "aws_access_key_id",
  "credential_process",
  "credential_source",
  "login_session",
  "role_arn",
  "sso_session",
  "sso_start_url",
  "web_identity_token_file",
];

/** Sections of the configuration file that are no profiles. */
const NO_PROFILE = /^(sso-session|services)\./;

/** Credentials for an account, and where they are from. */
export interface Login {
  /** "profile devops-training" */
  readonly source: string;
  /** What was passed over, if anything was. */
  readonly remark?: string;
  readonly region?: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

/**
 * Finds the credentials: of the profile that AWS_PROFILE names, else of the environment, else of the usual profile. What a
 * profile says (keys, a role to assume, SSO, a process) is done by the SDK.
 */
export async function findLogin(endpoint: string | undefined): Promise<Login> {
  const asked = variable("AWS_PROFILE");
  const profiles = await parseKnownFiles({});
  const own = ownCredentials();
  if (asked === undefined && own !== undefined) {
    const source = own !== "AWS_ACCESS_KEY_ID" && profiles["default"] ? "profile default" : `${own} of the environment`;
    return { source, region: regionOf(profiles["default"]), credentials: chain(undefined, endpoint) };
  }
  const name = asked ?? USUAL_PROFILE;
  const profile = usable(name, profiles);
  // All that the SDK reads in profiles (endpoints, retries) it reads in the one that this variable names.
  process.env["AWS_PROFILE"] = name;
  return {
    source: `profile ${name}`,
    ...(own !== undefined && { remark: `${own} of the environment is passed over, as AWS_PROFILE is set` }),
    region: regionOf(profile),
    credentials: chain(name, endpoint),
  };
}

const chain = (profile: string | undefined, endpoint: string | undefined): AwsCredentialIdentityProvider =>
  defaultProvider({
    profile,
    mfaCodeProvider: (serial) => askForCode(serial, profile),
    ...(endpoint !== undefined && { clientConfig: { endpoint } }),
    // it warns of keys beside a profile, which is said in `remark`
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });

function askForCode(serial: string, profile: string | undefined): Promise<string> {
  if (process.stdin.isTTY) return ask(`Code of the MFA device ${serial}: `);
  throw new UserError(
    `The profile "${profile}" asks for a code of the MFA device ${serial}, and there is no terminal to type it at: ` +
      `\`aws configure export-credentials --profile ${profile} --format env\` gives credentials for the environment.`,
  );
}

function usable(name: string, profiles: ParsedIniData): Profile {
  const profile = profiles[name];
  const names = Object.keys(profiles).filter((each) => !NO_PROFILE.test(each));
  if (!profile) {
    throw new UserError(
      `There is no profile "${name}" in ${files().join(" or ")}; ${names.length > 0 ? `profiles there: ${names.join(", ")}` : "no profile is there"}. ` +
        `Make it with \`aws configure --profile ${name}\` or \`aws configure sso --profile ${name}\`, or name another with AWS_PROFILE.`,
    );
  }
  if (CREDENTIAL_SETTINGS.some((setting) => profile[setting] !== undefined)) return profile;
  throw new UserError(
    `The profile "${name}" says nothing of credentials: \`aws configure --profile ${name}\` adds keys, ` +
      `\`aws configure sso --profile ${name}\` a sign-in.`,
  );
}

/** The variable with credentials of the environment's own, as people, CI and containers have them. */
const ownCredentials = (): string | undefined =>
  [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ].find((name) => variable(name) !== undefined);

const regionOf = (profile: Profile | undefined): string | undefined =>
  variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile?.["region"];

const files = (): readonly string[] => [
  variable("AWS_CONFIG_FILE") ?? join(getHomeDir(), ".aws", "config"),
  variable("AWS_SHARED_CREDENTIALS_FILE") ?? join(getHomeDir(), ".aws", "credentials"),
];

/** A variable of the environment; one that is empty is not set. */
const variable = (name: string): string | undefined => process.env[name] || undefined;

import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { policyOf, type Statement } from "../../conformance/role.ts";
import { type ManualClock, type RunningEmulator, startEmulator } from "../../emulator/index.ts";
import type { Environment } from "./command.ts";
import { Configuration, type Profiles, type Settings } from "./configuration.ts";

/** An access key of 12 digits is that of an account: here one that is nobody's default. */
export const ACCOUNT = "210987654321";

export const REGION = "eu-central-1";

/** The profile that the aws target takes unless AWS_PROFILE says otherwise. */
export const DEFAULT_PROFILE = "devops-training";

export const EVERYTHING: Statement = { Effect: "Allow", Action: "*", Resource: "*" };

/** The keys of an account's root, who may do everything. */
export const keysOf = (account: string) => ({ accessKeyId: account, secretAccessKey: "secret" });

/** Settings for any AWS SDK client of an account. */
export interface AccountConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ReturnType<typeof keysOf>;
}

/** An AWS account in which nobody has done anything: an emulator whose policies hold, and the files of a user of it. */
export class Account {
  readonly #configuration: Configuration;
  #emulator: RunningEmulator | undefined;

  constructor(profiles: Profiles = {}) {
    this.#configuration = new Configuration({
      config: { [DEFAULT_PROFILE]: { region: REGION }, ...profiles },
      credentials: { [DEFAULT_PROFILE]: { aws_access_key_id: ACCOUNT, aws_secret_access_key: "secret" } },
    });
  }

  async open(clock?: ManualClock): Promise<void> {
    this.#emulator = await startEmulator({ port: 0, logLevel: "error", ...(clock && { clock }) });
  }

  async close(): Promise<void> {
    this.#configuration[Symbol.dispose]();
    await this.#emulator?.stop();
  }

  get endpoint(): string {
    return this.#emulator!.endpoint;
  }

  /** Of the account's root. */
  get clientConfig(): AccountConfig {
    return { endpoint: this.endpoint, region: REGION, credentials: keysOf(ACCOUNT) };
  }

  /** What a user of it has in the environment. */
  get environment(): Environment {
    return { ...this.#configuration.environment, AWS_ENDPOINT_URL: this.endpoint };
  }

  /** The same with a role, which a profile of its name takes on. It may do everything unless said. */
  async withRole(name: string, statements = [EVERYTHING], settings: Settings = {}): Promise<Environment> {
    const iam = new IAMClient(this.clientConfig);
    const trust = policyOf({ Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" });
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
    const permissions = policyOf(...statements);
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: "permissions", PolicyDocument: permissions }),
    );
    iam.destroy();
    const role_arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
    this.#configuration.addProfile(name, { role_arn, source_profile: DEFAULT_PROFILE, region: REGION, ...settings });
    return { ...this.environment, AWS_PROFILE: name };
  }
}

import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";

/** What the SDK's clients need to reach a target. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
}

/** Where pipelines are deployed to: all that differs between targets, as values. */
export interface Target {
  readonly name: string;
  /** `new LambdaClient(target.clientConfig)` */
  readonly clientConfig: ClientSettings;
  /** `new S3Client(target.s3Config)` */
  readonly s3Config: ClientSettings & { readonly forcePathStyle: boolean };
  /** Where a stage of a REST API is called, without a slash at its end. */
  readonly apiUrl: (apiId: string, stage: string) => string;
  /** How often to ask about something that is under way, in milliseconds. */
  readonly pollMs: number;
  /** Answers GET with the state of the services, where the target has such a page. */
  readonly healthUrl?: string;
  /** What to say when nothing answers. */
  readonly absent: string;
}

/** What the user said of a target. */
export interface TargetSettings {
  readonly endpoint?: string;
  readonly region?: string;
}

/** Makes a target of what the user said, the environment and the configuration files. */
export type MakeTarget = (settings: TargetSettings) => Promise<Omit<Target, "name">>;

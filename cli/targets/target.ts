import type { Limit } from "../../localstack/limits.ts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, RetryStrategyV2 } from "@smithy/types";

/** What the SDK's clients need to reach a target. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  readonly retryStrategy?: RetryStrategyV2;
}

/** Somebody's real account: it is shown before it is changed, nothing is made or deleted unasked, and all of it costs money. */
export interface Account {
  /** Where the credentials are from: "profile devops-training". */
  readonly credentialsFrom: string;
  /** What answers in AWS's place, where an endpoint is set: tests do. */
  readonly standIn?: string;
}

/** Whose limits they are, and the limits. */
export interface Limits {
  readonly of: string;
  readonly table: Readonly<Record<string, Limit>>;
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
  /** Answers GET with how far each event source mapping is, where the target has such a page. */
  readonly mappingsUrl?: string;
  /** What of templates the target takes and does not do. */
  readonly limits?: Limits;
  /** What a failed call means on this target, and the way out of it; an error that it knows nothing of as it is. */
  readonly explain: (error: unknown) => unknown;
  readonly account?: Account;
  /** It loses stacks with a restart, and keeps the tables and streams that they made. */
  readonly losesStacks?: true;
}

/** What the user said of a target. */
export interface TargetSettings {
  readonly endpoint?: string;
  readonly region?: string;
}

/** Makes a target of what the user said, the environment and the configuration files. */
export type MakeTarget = (settings: TargetSettings) => Promise<Omit<Target, "name">>;

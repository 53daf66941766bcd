import type { Clock } from "../runtime/clock.ts";
import type { Downloads } from "../runtime/downloads.ts";
import type { Ids } from "../runtime/ids.ts";
import type { Contributions } from "../runtime/contributions.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Logger } from "../runtime/log.ts";
import type { Scheduler } from "../runtime/scheduler.ts";
import type { Signals } from "../runtime/signals.ts";
import type { Storage } from "../storage/storage.ts";
import type { Authorization, Origin } from "./authorization.ts";
import type { Credentials } from "./credentials.ts";
import type { InputOf, OperationName, OutputOf, ServiceName } from "./sdk.ts";

/** Who makes a call. Root is whoever signs with an access key that STS did not issue. */
export type Principal =
  | { readonly type: "root"; readonly account: string; readonly arn: string; readonly userId: string }
  | {
      readonly type: "assumed-role";
      readonly account: string;
      /** arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION */
      readonly arn: string;
      readonly roleArn: string;
      readonly userId: string;
      /** Documents that limit the session. */
      readonly policies?: readonly string[];
      /** Tags of the session. */
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      /** An AWS service in its own name: it may do what a resource's policy allows it. */
      readonly type: "service";
      readonly account: string;
      /** For example sns.amazonaws.com; its `arn` and `userId` are the same. */
      readonly service: string;
      readonly arn: string;
      readonly userId: string;
      /** On whose behalf: `aws:SourceArn` and, with `account`, `aws:SourceAccount`. */
      readonly sourceArn?: string;
    }
  | {
      /** Nobody in particular: a request without a signature, where a service takes them. */
      readonly type: "anonymous";
      readonly account: "";
      readonly arn: "anonymous";
      readonly userId: "anonymous";
    };

export const ANONYMOUS: Principal = { type: "anonymous", account: "", arn: "anonymous", userId: "anonymous" };

/** The owner of an account, and whoever looks at its resources in a service's own name. */
export const ownerOf = (account: string): Principal => ({
  type: "root",
  account,
  arn: `arn:aws:iam::${account}:root`,
  userId: account,
});

/** A service that acts in its own name, on behalf of one of the account's resources. */
export const servicePrincipal = (account: string, service: string, sourceArn?: string): Principal => ({
  type: "service",
  account,
  service,
  arn: service,
  userId: service,
  ...(sourceArn !== undefined && { sourceArn }),
});

export interface CallOptions {
  /** Whose call it is; the caller of the present operation unless said. */
  readonly principal?: Principal;
  readonly region?: string;
  /** Ends an answer that goes on, as a client does that goes away. */
  readonly signal?: AbortSignal;
}

/** Calls an operation of any service as a client would, without the wire: the input is checked, errors are AwsErrors. */
export type Call = <S extends ServiceName, N extends OperationName<S>>(
  service: S,
  operation: N,
  input: InputOf<S, N>,
  options?: CallOptions,
) => Promise<OutputOf<S, N>>;

/** What one emulator gives to all of its services, for as long as it runs. */
export interface Host {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly scheduler: Scheduler;
  readonly signals: Signals;
  /** What services publish about themselves, for CloudWatch. */
  readonly metrics: Metrics;
  /** Who contributes most to what, for CloudWatch's Contributor Insights. */
  readonly contributions: Contributions;
  readonly storage: Storage;
  readonly credentials: Credentials;
  /** Policies and their evaluation. */
  readonly authorization: Authorization;
  readonly log: Logger;
  /** URLs of blobs, for clients. */
  readonly downloads: Downloads;
  /** The emulator's own URL, e.g. http://127.0.0.1:4566; known once it listens. */
  readonly endpoint: string;
  /** Where others reach it, for links in what it sends. */
  readonly publicEndpoint: string;
  /** Whether shards of Kinesis streams take and give no more than AWS's rates. */
  readonly kinesisLimits: boolean;
  /** Whether DynamoDB's tables and indexes take and give no more than their capacity. */
  readonly dynamodbLimits: boolean;
  /** Gives a resource tags that only AWS gives, such as aws:cloudformation:stack-name. */
  putSystemTags(
    scope: { account: string; region: string },
    resourceArn: string,
    tags: Readonly<Record<string, string>>,
  ): void;
  /** A `call` for work that no request started: pollers, timers. */
  callAs(scope: CallScope): Call;
}

/** Whose a call is, and where. */
export interface CallScope {
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  /** The service that calls for the principal: `aws:ViaAWSService`, `aws:CalledVia`. */
  readonly via?: string;
  /** Where the request comes from that the call is made for. */
  readonly from?: Origin;
}

/** What a service keeps: `Store` for one account and region, `Engine` (optional) for what runs by itself. */
export interface State {
  store: unknown;
  engine: unknown;
}

/** What an operation is given beside its input. */
export interface Context<T extends State = State> extends Omit<
  Host,
  "callAs" | "storage" | "downloads" | "putSystemTags" | "kinesisLimits" | "dynamodbLimits"
> {
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  readonly requestId: string;
  readonly store: T["store"];
  readonly engine: T["engine"];
  readonly call: Call;
  /** Aborted when the client goes away or the emulator stops. */
  readonly signal: AbortSignal;
  /** What the answer carries beside the output's own members. */
  readonly response: { status?: number; readonly headers: Record<string, string> };
  /** The request as it came, for what schemas do not bind (S3's bare query flags). Undefined for `call`. */
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: Readonly<Record<string, string>>;
    /** Where it came from. */
    readonly remoteAddress: string | undefined;
    /** What came after a chunked body, by name in lower case; filled when the body has been read. */
    readonly trailers: Readonly<Record<string, string>>;
    /** The whole body, where the operation does not take it as a stream. */
    readonly body?: { readonly body: Uint8Array };
  };
}

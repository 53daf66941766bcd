import type { Runtime } from "@aws-sdk/client-lambda";

/** The version that is not published: what Create and Update change. */
export const LATEST = "$LATEST";

export interface Scope {
  readonly account: string;
  readonly region: string;
}

export interface LoggingSettings {
  readonly format: "Text" | "JSON";
  /** Of JSON logs. */
  readonly applicationLevel?: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
  readonly systemLevel?: "DEBUG" | "INFO" | "WARN";
  readonly group: string;
}

/** The zip of a function: its bytes are the blob `blob` of the service's folder. */
export interface CodePackage {
  readonly blob: string;
  /** Base64. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** One version of a function, `$LATEST` or published: code and settings. */
export interface FunctionVersion {
  readonly name: string;
  readonly version: string;
  readonly runtime: Runtime;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly architecture: "x86_64" | "arm64";
  readonly logging: LoggingSettings;
  readonly code: CodePackage;
  /** ARN of the queue or topic that gets the events of failed asynchronous invocations. */
  readonly deadLetterTarget?: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  readonly revisionId: string;
  /** Changes with code and settings: execution environments of another revision are retired. */
  readonly environmentRevision: string;
}

/** What a function has beside its versions. */
export interface FunctionEntry {
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** Number of the last version that was published, 0 before the first; numbers are not used again. */
  readonly lastVersion: number;
  /** `environmentRevision` of `$LATEST` at the last publication: publishing the same again gives the same version. */
  readonly publishedRevision?: string;
}

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Version -> share of the invocations, 0 to 1. */
  readonly weights?: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

export interface Policy {
  readonly revisionId: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: string | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** An asynchronous invocation that waits for its (next) attempt. */
export interface AsyncEvent extends Scope {
  readonly functionName: string;
  readonly qualifier?: string;
  readonly payload: string;
  readonly clientContext?: string;
  readonly requestId: string;
  /** Failed attempts so far; throttled ones do not count. */
  readonly attempts: number;
  readonly throttles: number;
  /** How often the function ran. */
  readonly invokeCount?: number;
  /** What it answered the last time. */
  readonly last?: AsyncAnswer;
  /** How it ended: what is left to do is to tell of it. */
  readonly condition?: AsyncCondition;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
}

export type AsyncCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

export interface AsyncAnswer {
  readonly statusCode: number;
  readonly executedVersion: string;
  readonly functionError?: string;
  /** JSON. */
  readonly payload: string;
}

/** What is set for asynchronous invocations of a function, version or alias. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeSeconds?: number;
  /** ARNs. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

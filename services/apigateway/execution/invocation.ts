import type { SignedRequest } from "../../../emulator/gateway/signature/canonical-request.ts";
import type { Host, Principal } from "../../../emulator/model/context.ts";
import type { Method, MethodSetting, Resource, Scope } from "../model.ts";
import type { CompiledApi } from "./compiled-api.ts";
import { newOverrides, type Overrides, type RequestContext } from "./context.ts";
import type { ExecutionLog } from "./execution-log.ts";
import type { MethodRequest } from "./method-request.ts";

/** A request as it came over the wire. */
export interface SignedWire extends SignedRequest {
  readonly body: () => Promise<Buffer>;
}

/** One request on its way through an API. Each step fills in what the next ones need. */
export interface Invocation {
  readonly host: Host;
  readonly scope: Scope;
  readonly api: CompiledApi;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly request: MethodRequest;
  /** What the client signed, if it did; a test has none. */
  readonly signed?: SignedWire;
  readonly context: RequestContext;
  readonly overrides: Overrides;
  readonly log: ExecutionLog;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  resource: Resource;
  method: Method;
  /** Still percent-encoded. */
  pathParameters: Readonly<Record<string, string>>;
  settings: MethodSetting;
  body: Buffer;
  /** Whom the request is signed for, with AWS_IAM. */
  caller?: Principal;
  /** What an authorizer named as the API key. */
  usageIdentifierKey?: string;
  /** Milliseconds. */
  integrationLatency?: number;
}

export type NewInvocation = Omit<Invocation, "overrides" | "body">;

export const newInvocation = (given: NewInvocation): Invocation => ({
  ...given,
  overrides: newOverrides(),
  body: Buffer.alloc(0),
});

/** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`: with the path of the request itself, or of its resource. */
export function methodArn(
  { scope, api, stageName, request, resource }: Invocation,
  of: "request" | "resource",
): string {
  const path = of === "request" ? request.path : resource.path;
  return `arn:aws:execute-api:${scope.region}:${scope.account}:${api.apiId}/${stageName}/${request.httpMethod}${path}`;
}

import type { FunctionMetrics } from "./metrics.ts";

export interface InvokeRequest {
  readonly account: string;
  readonly region: string;
  /** Name, partial ARN or ARN. */
  readonly functionName: string;
  /** Version or alias; `$LATEST` unless said. */
  readonly qualifier?: string;
  /** JSON; nothing is `{}`, as on AWS. */
  readonly payload: string | Uint8Array;
  /** `Event` is answered as soon as the event is stored, and retried by Lambda. RequestResponse unless said. */
  readonly invocationType?: "RequestResponse" | "Event";
  readonly logTail?: boolean;
  /** What the function sees as awsRequestId; made up unless said. */
  readonly requestId?: string;
  /** Base64 of a JSON object, as in X-Amz-Client-Context. */
  readonly clientContext?: string;
  /** Ends the wait, not the invocation: a function that has begun runs on, as on AWS. */
  readonly signal?: AbortSignal;
}

export interface InvokeResult {
  readonly statusCode: number;
  /** JSON. */
  readonly payload: string | Uint8Array;
  readonly functionError?: "Handled" | "Unhandled";
  readonly executedVersion: string;
  /** The last 4 KB of the invocation's log. */
  readonly logTail?: string;
  readonly requestId: string;
}

/** Runs functions for whoever needs it: the Invoke operation, event source mappings, Firehose, API Gateway. */
export interface Invoker {
  /** What is measured of functions. */
  readonly metrics?: FunctionMetrics;
  /** @throws AwsError ResourceNotFoundException, TooManyRequestsException, InvalidRequestContentException, RequestTooLargeException */
  invoke(request: InvokeRequest): Promise<InvokeResult>;
}

import type { Slices } from "../protocol/slices.ts";

/** The SDK package of every service: types only, so nothing is loaded by importing this file. One line a service. */
export interface Sdk {
  apigateway: typeof import("@aws-sdk/client-api-gateway");
  cloudformation: typeof import("@aws-sdk/client-cloudformation");
  cloudwatch: typeof import("@aws-sdk/client-cloudwatch");
  dynamodb: typeof import("@aws-sdk/client-dynamodb");
  "dynamodb-streams": typeof import("@aws-sdk/client-dynamodb-streams");
  ecr: typeof import("@aws-sdk/client-ecr");
  firehose: typeof import("@aws-sdk/client-firehose");
  iam: typeof import("@aws-sdk/client-iam");
  kinesis: typeof import("@aws-sdk/client-kinesis");
  lambda: typeof import("@aws-sdk/client-lambda");
  logs: typeof import("@aws-sdk/client-cloudwatch-logs");
  s3: typeof import("@aws-sdk/client-s3");
  sns: typeof import("@aws-sdk/client-sns");
  sqs: typeof import("@aws-sdk/client-sqs");
  ssm: typeof import("@aws-sdk/client-ssm");
  sts: typeof import("@aws-sdk/client-sts");
}

export type ServiceName = keyof Sdk;

type Commands<M> = {
  [K in keyof M]: K extends `${infer N}Command` ? (N extends "$" ? never : N) : never;
}[keyof M];

/** The operation names of a service, from the command classes of its SDK package. */
export type OperationName<S extends ServiceName> = Commands<Sdk[S]> & string;

type CommandOf<M, N extends string> = M extends { [K in `${N}Command`]: infer C } ? C : never;
type SdkInput<C> = C extends abstract new (...args: infer A) => unknown ? Exclude<A, []>[0] : never;
type SdkOutput<C> = C extends abstract new (...args: never[]) => {
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }>;
}
  ? Omit<O, "$metadata">
  : never;

/** Services whose blobs stay base64 text between the wire, the store and the Lambda event: nothing decodes them twice. */
export type Base64Service = "kinesis" | "dynamodb" | "dynamodb-streams";

type Blob<S> = S extends Base64Service ? string : Uint8Array;

/** An SDK input as an operation sees it: required members are present (they were checked), blobs are of the service's form. */
export type Decoded<S, T> = T extends Uint8Array
  ? Blob<S>
  : T extends Date | string | number | boolean | bigint | undefined | null
    ? T
    : T extends readonly (infer U)[]
      ? Decoded<S, U>[]
      : T extends object
        ? {
            [K in keyof T]: K extends "Body"
              ? T[K] // a streaming body: the S3 service gives it its type
              : object extends Pick<T, K>
                ? Decoded<S, T[K]>
                : Decoded<S, Exclude<T[K], undefined>>;
          }
        : T;

/** An SDK output as an operation answers it: blobs in the service's form, streams as the service gives them. */
export type Encoded<S, T> = T extends Uint8Array
  ? Blob<S>
  : T extends Date | string | number | boolean | bigint | undefined | null
    ? T
    : T extends readonly (infer U)[]
      ? Encoded<S, U>[]
      : T extends AsyncIterable<infer U>
        ? AsyncIterable<Encoded<S, U>>
        : T extends object
          ? { [K in keyof T]: K extends "Body" ? unknown : Encoded<S, T[K]> }
          : T;

/** Lists of inputs that an operation may be given as Slices, by service and operation. */
export interface SlicedLists {
  kinesis: { readonly PutRecords: "Records" };
}

type SlicedList<S, N> = S extends keyof SlicedLists
  ? N extends keyof SlicedLists[S]
    ? SlicedLists[S][N]
    : never
  : never;
type WithSlices<T, L> = { [K in keyof T]: K extends L ? T[K] | Slices : T[K] };

export type InputOf<S extends ServiceName, N extends OperationName<S>> = WithSlices<
  Decoded<S, SdkInput<CommandOf<Sdk[S], N>>>,
  SlicedList<S, N>
>;
export type OutputOf<S extends ServiceName, N extends OperationName<S>> = Encoded<S, SdkOutput<CommandOf<Sdk[S], N>>>;

import type { Readable } from "node:stream";
import type { StaticOperationSchema } from "@smithy/types";
import type { DynamoDbParser } from "../protocol/json-members.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import type { Access, AccessTable, Standing } from "./access.ts";
import type { Identities } from "./authorization.ts";
import type { Constraints } from "./constraints.ts";
import type { Context, Host, Principal, State } from "./context.ts";
import type { CommonError } from "./errors.ts";
import type { ValidationError } from "./validate.ts";
import type { InputOf, OperationName, OutputOf, ServiceName, SlicedLists } from "./sdk.ts";

export type Protocol = "json" | "restJson" | "restXml" | "query";

export type Operation<S extends ServiceName, N extends OperationName<S>, T extends State = State> = (
  context: Context<T>,
  input: InputOf<S, N>,
) => OutputOf<S, N> | Promise<OutputOf<S, N>>;

export type Operations<S extends ServiceName, T extends State> = { [N in OperationName<S>]?: Operation<S, N, T> };

/** What runs by itself beside the requests: pollers, execution environments. Started after the port is open. */
export interface Engine {
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
  /** Answers a request that is no call of the AWS API, such as the invocation of a REST API; undefined: it is not ours. */
  door?(request: DoorRequest): Door | undefined;
  /** What the answer to a request of the service's API tells the browser of a page of another origin; undefined: it may not make it. */
  pageHeaders?(request: DoorRequest): Readonly<Record<string, string>> | undefined;
  /** Told of every request to the service when it is answered, and of those that its door has answered. */
  answered?(request: AnsweredRequest): void;
  /** What it shows of itself, as JSON at `GET /_headwater/NAME`. */
  readonly pages?: Readonly<Record<string, () => object>>;
}

/** A request as a door sees it. It carries no AWS signature that anybody checked. */
export interface DoorRequest {
  readonly requestId: string;
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  /** The whole body as it came (still compressed, if it is), at most `limitBytes`. @throws AwsError beyond it */
  body(limitBytes: number): Promise<Buffer>;
  /** The same, as it comes in. */
  stream(): Readable;
  readonly signal: AbortSignal;
}

/** A request and what became of it. */
export interface AnsweredRequest extends Pick<
  DoorRequest,
  "requestId" | "method" | "path" | "query" | "headers" | "remoteAddress"
> {
  /** As it came: path and query. */
  readonly url: string;
  readonly httpVersion: string;
  /** Undefined: a door has answered, or nobody knows what was wanted. */
  readonly operation: string | undefined;
  readonly principal: Principal | undefined;
  /** As far as it was understood. */
  readonly input: Readonly<Record<string, unknown>> | undefined;
  readonly output: unknown;
  readonly status: number;
  readonly errorCode: string | undefined;
  /** The headers of the answer. */
  readonly answered: Readonly<Record<string, string | string[] | undefined>>;
  /** Of its body; undefined: unknown. */
  readonly bytesSent: number | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** From the end of the request until the answer was ready, in milliseconds. */
  readonly turnAroundMs: number;
  /** From the beginning of the request until the answer was on its way whole, in milliseconds. */
  readonly totalMs: number;
}

export interface Door {
  (): Promise<DoorAnswer>;
  /** Pages of other origins get in only where `pageHeaders` lets them: it carries its own signature, which a page can make. */
  readonly needsAdmission?: true;
}

/** Unlike the answers of operations, it may have several headers of one name. */
export interface DoorAnswer extends Omit<Answer, "headers"> {
  headers: Record<string, string | string[]>;
}

/** What a service keeps and runs in one account and region. */
export type Placed<T extends State> = Pick<Context<T>, "account" | "region" | "store" | "engine">;

/** @param isModelled the SDK has a class for it */
export type ErrorEnvelope = (
  code: string,
  isModelled: boolean,
) => {
  /** What stands before the code in `__type`, e.g. "com.amazonaws.sqs#". */
  readonly prefix: string;
  readonly messageName?: "Message";
};

export interface ServiceDefinition<S extends ServiceName, T extends State> {
  readonly name: S;
  /** The name in a SigV4 credential scope; `name` unless said. */
  readonly signingName?: string;
  readonly protocol: Protocol;
  /** `X-Amz-Target` prefix (and rpc-v2-cbor service name) of json services. */
  readonly target?: string;
  /** Of the content type of json services: "1.0" for DynamoDB; 1.1 unless said. */
  readonly jsonVersion?: "1.0";
  /** How JSON services write an error otherwise than by its bare code and its message. */
  readonly errorEnvelope?: ErrorEnvelope;
  /** `Version` of query services, and of json services that take query forms too (SQS, CloudWatch). */
  readonly version?: string;
  readonly xmlNamespace?: string;
  /** The members that come first in an output's document, by operation, where the SDK's schema has another order than AWS. */
  readonly documentOrder?: { readonly [N in OperationName<S>]?: readonly string[] };
  /** How JSON bodies and CBOR carry blobs to the operations, see Base64Service. */
  readonly blobs?: "base64" | "bytes";
  /** Lists that JSON bodies carry to the operations without an object for each item: see Slices. */
  readonly slices?: S extends keyof SlicedLists ? SlicedLists[S] : never;
  /**
   * Input members (and lists) that are doubles: they take NaN and the infinities, which JSON and forms write as text. The SDK's
   * schemas do not tell them from integers.
   */
  readonly doubles?: readonly string[];
  /** DynamoDB has a parser of JSON that is not the other services'. */
  readonly parser?: DynamoDbParser;
  /** What each operation needs to be allowed. */
  readonly access?: AccessTable<S>;
  /** The policy document (JSON) of a resource of this service, for callers that it allows or denies; undefined: it has none. */
  resourcePolicy?(context: Pick<Context<T>, "account" | "region" | "store">, resourceArn: string): string | undefined;
  /** The tags of a resource of this service, which policies may ask for (`aws:ResourceTag/...`); undefined: it has none. */
  resourceTags?(
    context: Pick<Context<T>, "account" | "region" | "store">,
    resourceArn: string,
  ): Readonly<Record<string, string>> | undefined;
  /** Takes requests without a signature: policies and access control lists say what anybody may do. */
  readonly takesAnonymous?: true;
  /** Where ARNs do not name the account of a resource; undefined: there is no such resource. */
  standing?(
    context: Pick<Context<T>, "account" | "region" | "store">,
    access: Access,
    caller: Principal,
  ): Standing | undefined;
  /**
   * The account of what an input is about, where that may be another one than the caller's: then the operation runs there, if it is
   * allowed to the caller. `access` is asked there, too, and has to name what the operation is about.
   */
  ownerOf?(operation: OperationName<S>, input: Readonly<Record<string, unknown>>): string | undefined;
  /** Gives a resource tags that only AWS gives: their keys begin with aws:, and no operation takes them. */
  putSystemTags?(context: Placed<T>, resourceArn: string, tags: Readonly<Record<string, string>>): void;
  /** Largest request body in bytes, and the error beyond it. */
  readonly bodyLimitBytes?: number;
  readonly bodyTooLarge?: CommonError & { readonly message: string };
  /** What it answers to a `Content-Encoding` that it does not know, or that the body does not have; unless said, the first is overlooked. */
  readonly undecodableBody?: CommonError & { readonly message: string };
  /** Its answers tell the CRC-32 of their bodies as they are sent: clients of DynamoDB check it. */
  readonly sendsCrc32?: true;
  /** Every schema of the SDK package: `import * as sdk from "@aws-sdk/client-..."`. */
  readonly sdk: object;
  /** Emitted by scripts/constraints.py from botocore's model; undefined where the service words its own checks. */
  readonly constraints?: Constraints;
  /** Operations whose members AWS checks by stages, orders and words of their own: these are asked in place of the constraints. */
  readonly memberChecks?: { readonly [N in OperationName<S>]?: (input: Readonly<Record<string, unknown>>) => void };
  /** Code of constraint violations (ValidationException unless said) and of ill-typed bodies (SerializationException). */
  readonly validationError?: ValidationError;
  readonly serializationError?: CommonError;
  /** Input members that AWS has and Headwater has not, by operation (`*`: in all of them): refused by name when given. */
  readonly refuses?: { readonly [N in OperationName<S> | "*"]?: readonly string[] };
  /** Made once for each account and region, when first needed. */
  store(host: Host, scope: { account: string; region: string }): T["store"];
  engine?(host: Host): T["engine"] & Engine;
  /** Who the roles are: IAM alone has it. */
  identities?(host: Pick<Host, "storage" | "signals">): Identities;
  /** What holds for all operations, before each: of a call that is allowed, its input checked. */
  before?(
    context: Context<T>,
    operation: OperationName<S>,
    input: Readonly<Record<string, unknown>>,
  ): void | Promise<void>;
  readonly operations: Operations<S, T>;
}

/** A service as the gateway sees it: operations and schemas by name, types erased at this border only. */
export interface Service extends Omit<
  ServiceDefinition<ServiceName, State>,
  | "before"
  | "operations"
  | "store"
  | "engine"
  | "access"
  | "resourcePolicy"
  | "resourceTags"
  | "standing"
  | "ownerOf"
  | "putSystemTags"
  | "slices"
  | "memberChecks"
  | "documentOrder"
> {
  readonly memberChecks?: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => void>>;
  readonly signingName: string;
  readonly schemas: OperationSchemas;
  before?(context: Context, operation: string, input: Readonly<Record<string, unknown>>): void | Promise<void>;
  readonly operations: Readonly<Record<string, (context: Context, input: object) => unknown>>;
  readonly slices?: Readonly<Record<string, string>>;
  readonly documentOrder?: Readonly<Record<string, readonly string[]>>;
  readonly access?: AccessTable<ServiceName>;
  ownerOf?(operation: string, input: Readonly<Record<string, unknown>>): string | undefined;
  resourcePolicy?(context: Pick<Context, "account" | "region" | "store">, resourceArn: string): string | undefined;
  resourceTags?(
    context: Pick<Context, "account" | "region" | "store">,
    resourceArn: string,
  ): Readonly<Record<string, string>> | undefined;
  standing?(
    context: Pick<Context, "account" | "region" | "store">,
    access: Access,
    caller: Principal,
  ): Standing | undefined;
  putSystemTags?(context: Placed<State>, resourceArn: string, tags: Readonly<Record<string, string>>): void;
  store(host: Host, scope: { account: string; region: string }): unknown;
  engine?(host: Host): Engine;
}

const isOperationSchema = (value: unknown): value is StaticOperationSchema => Array.isArray(value) && value[0] === 9;

/**
 * The operation schemas of an SDK package by name. A package exports each as its name with a `$` behind it; looking at all of
 * its hundreds of exports is left for when somebody asks for all.
 */
export class OperationSchemas {
  readonly #sdk: Readonly<Record<string, unknown>>;
  readonly #found = new Map<string, StaticOperationSchema>();
  #all: readonly StaticOperationSchema[] | undefined;

  constructor(sdk: object) {
    this.#sdk = sdk as Readonly<Record<string, unknown>>;
  }

  get(name: string): StaticOperationSchema | undefined {
    const found = this.#found.get(name);
    if (found) return found;
    const schema = this.#sdk[`${name}$`];
    if (!isOperationSchema(schema)) return undefined;
    this.#found.set(name, schema);
    return schema;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  all(): readonly StaticOperationSchema[] {
    this.#all ??= Object.values(this.#sdk).filter(isOperationSchema);
    return this.#all;
  }
}

/** Ties operations to the schemas of the SDK package; an operation that the SDK does not know stops the start. */
export function defineService<S extends ServiceName, T extends State>(definition: ServiceDefinition<S, T>): Service {
  const schemas = new OperationSchemas(definition.sdk);
  for (const name of Object.keys(definition.operations)) {
    if (!schemas.has(name)) throw new Error(`${definition.name}: the SDK has no operation ${name}`);
  }
  return { signingName: definition.name, ...definition, schemas } as unknown as Service;
}

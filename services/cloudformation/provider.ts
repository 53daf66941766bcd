import type { Call } from "../../emulator/model/context.ts";
import type { PropertyTable, Values } from "./properties.ts";
import type { Json } from "./template/value.ts";

/** How CloudFormation makes up the name of a resource whose template gives none: Stack-LogicalId-RANDOM. */
export interface NameRule {
  /** The property that holds the name; absent where a template cannot give it (a permission's statement id). */
  readonly property?: string;
  readonly maxLength: number;
  /** S3's bucket names. */
  readonly lowerCase?: true;
}

/** A question to somebody outside, who answers at a URL. */
export interface Callback {
  readonly requestId: string;
  readonly url: string;
  /** The question has gone out: what is left is to wait. */
  readonly isSent: boolean;
}

/** The document that a custom resource answers; nothing of it is checked. */
export interface CallbackAnswer {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly Data?: { readonly [name: string]: Json };
}

/** The questions that one resource has asked. */
export interface Callbacks {
  /** The question that is open for the same purpose (after a kill -9), or a new one. */
  open(purpose: string, lifeMs: number): Callback;
  sent(requestId: string): void;
  answer(requestId: string): CallbackAnswer | "waiting" | "expired";
  /** The answer has been taken. */
  done(requestId: string): void;
  /** Data of the last good answer for a physical resource. */
  data(physicalId: string): CallbackAnswer["Data"];
}

/** What a provider is given for one resource of one stack. */
export interface ProviderContext {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  /** Calls a service in the name of whoever deploys the stack (or of the stack's role). */
  readonly call: Call;
  /**
   * To be told as soon as the resource exists, before anything else is done to it: from then on a failure or a kill -9
   * leads to its removal.
   */
  created(physicalId: string): void;
  /** Asks `done` again and again until it answers true. Fails as NotStabilized when that takes too long (15 minutes unless said). */
  waitUntil(what: string, done: () => Promise<boolean>, withinMs?: number): Promise<void>;
  readonly callbacks: Callbacks;
}

/**
 * What CloudFormation has to know of one resource type. A provider makes the same calls that a client would make and
 * keeps nothing of its own. Each of its methods may be run again after a kill -9 in its middle.
 */
export interface ResourceProvider<T extends PropertyTable = PropertyTable> {
  /** For example AWS::Kinesis::Stream. */
  readonly type: string;
  /** Every property that AWS's type has: supported, or refused by name. */
  readonly properties: T;
  /** Beside `properties`, a template may give whatever it likes. */
  readonly anyProperty?: true;
  /** What Fn::GetAtt answers. */
  readonly attributes: readonly string[];
  /** Fn::GetAtt takes any name: what there is shows when the resource exists. */
  readonly anyAttribute?: true;
  /** Absent where the service makes up the id (an event source mapping's UUID, a version's number). */
  readonly name?: NameRule;
  /** The resource is an IAM one (CAPABILITY_IAM), and with this property a named one (CAPABILITY_NAMED_IAM). */
  readonly iam?: { readonly nameProperty?: string };
  /** The physical id of a resource that exists already with this identity, undefined where that is no conflict. */
  find(context: ProviderContext, properties: Values<T>, name: string): Promise<string | undefined>;
  /** The ARN by which it gets the tags aws:cloudformation:*; absent for types that AWS does not give them to. */
  systemTagged?(
    context: Pick<ProviderContext, "account" | "region">,
    physicalId: string,
    properties: Values<T>,
  ): string;
  /** Creates it and waits until it is usable. @returns its physical id, which is what Ref answers */
  create(context: ProviderContext, properties: Values<T>, name: string): Promise<string>;
  /**
   * Changes in place what differs, and waits until that is in force.
   * @returns the physical id where it has become another one: the old resource is then removed by the clean-up
   */
  update(
    context: ProviderContext,
    physicalId: string,
    before: Values<T>,
    after: Values<T>,
  ): Promise<string | undefined | void>;
  /** Removes it and waits until it is gone; that it is gone already is no error. */
  remove(context: ProviderContext, physicalId: string, properties: Values<T>): Promise<void>;
  /** The values of `attributes`. */
  read(context: ProviderContext, physicalId: string, properties: Values<T>): Promise<Record<string, Json>>;
  /** Changes that mean a replacement only in some cases: the names of such properties. */
  replacedBy?(before: Values<T>, after: Values<T>): readonly string[];
  /** A complaint that takes more than one property to see. `later` are those that are known only during execution. */
  check?(properties: Partial<Values<T>>, later: readonly string[]): string | undefined;
}

/** A provider with its property types erased, as the engine sees it. */
export type AnyProvider = ResourceProvider<PropertyTable>;

/** The attributes that a type is known to have; undefined where they are only known when the resource exists. */
export const attributesOf = (provider: AnyProvider | undefined): readonly string[] | undefined =>
  provider?.anyAttribute ? undefined : provider?.attributes;

/** Declares a provider; the types of its properties follow from the table. */
export function defineProvider<const T extends PropertyTable>(provider: ResourceProvider<T>): AnyProvider {
  return provider;
}

/** The value that `promise` answers, or undefined when it fails with one of these errors (by code). */
export async function unless<T>(promise: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error && codes.includes(error.name)) return undefined;
    throw error;
  }
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Tags as the services want them: a map. */
export const tagMap = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));

/** What has to be set and removed to come from some tags to others. */
export function tagChanges(before: readonly Tag[] | undefined, after: readonly Tag[] | undefined) {
  const old = tagMap(before);
  const next = tagMap(after);
  return {
    set: Object.fromEntries(Object.entries(next).filter(([key, value]) => old[key] !== value)),
    removed: Object.keys(old).filter((key) => !(key in next)),
  };
}

export const sameValue = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

/** JSON with the members of every object in order of their names. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}

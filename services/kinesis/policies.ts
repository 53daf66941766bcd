import type { KeyPart, Storage, Table } from "../../emulator/storage/storage.ts";
import { invalidPolicy } from "./errors.ts";

/** The policies of an account's streams and consumers, by their ARNs, to the letter. */
export class ResourcePolicies {
  readonly #table: Table<string>;
  readonly #scope: readonly KeyPart[];

  constructor(storage: Storage, scope: readonly [account: string, region: string]) {
    this.#table = storage.table("kinesis/policies");
    this.#scope = scope;
  }

  get(resourceArn: string): string | undefined {
    return this.#table.get([...this.#scope, resourceArn]);
  }

  put(resourceArn: string, policy: string): void {
    this.#table.put([...this.#scope, resourceArn], policy);
  }

  remove(resourceArn: string): void {
    this.#table.remove([...this.#scope, resourceArn]);
  }

  /** Forgets those of a stream and of its consumers. */
  clear(streamArn: string): void {
    const consumers = `${streamArn}/consumer/`;
    const range = { start: [...this.#scope, consumers], end: [...this.#scope, `${consumers}\uffff`] };
    const keys = [...this.#table.keys(range)];
    for (const key of keys) this.#table.remove(key);
    this.remove(streamArn);
  }
}

const MOST_BYTES = 20 * 1024;
const VERSIONS: readonly unknown[] = [undefined, "2012-10-17", "2008-10-17"];

/**
 * Checks the grammar of the policy of a stream or consumer; its text is kept as it is.
 * @throws InvalidArgumentException
 * @see https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
 */
export function checkPolicy(text: string, resourceArn: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalidPolicy(`it is longer than ${MOST_BYTES} bytes`);
  const policy = parse(text);
  if (!VERSIONS.includes(policy["Version"])) throw invalidPolicy("its Version is none that there is");
  const statements = [policy["Statement"] ?? []].flat();
  if (statements.length === 0) throw invalidPolicy("it has no Statement");
  for (const statement of statements) checkStatement(statement, resourceArn);
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parse(text: string): Json {
  try {
    const policy = JSON.parse(text) as unknown;
    if (isObject(policy)) return policy;
  } catch {
    // the same answer as for JSON that is no object
  }
  throw invalidPolicy("it is no JSON object");
}

const PRINCIPALS = ["AWS", "Service", "Federated", "CanonicalUser"];

function checkStatement(statement: unknown, resourceArn: string): void {
  if (!isObject(statement)) throw invalidPolicy("a statement is no object");
  const { Effect, Action, Resource, Principal, Condition } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw invalidPolicy("the Effect of a statement is Allow or Deny");
  if (!isPrincipal(Principal)) throw invalidPolicy("a statement needs a Principal");
  const actions = textsOf(Action);
  if (actions.length === 0 || !actions.every((action) => /^(\*|kinesis:[\w*?]+)$/i.test(action))) {
    throw invalidPolicy("a statement needs an Action of Kinesis");
  }
  const resources = textsOf(Resource);
  if (resources.length === 0 || !resources.every((resource) => resource === resourceArn)) {
    throw invalidPolicy(`the Resource of a statement is ${resourceArn}`);
  }
  if (Condition !== undefined && !(isObject(Condition) && Object.values(Condition).every(isObject))) {
    throw invalidPolicy("the Condition of a statement is an object of objects");
  }
}

const isPrincipal = (principal: unknown): boolean =>
  principal === "*" ||
  (isObject(principal) &&
    Object.keys(principal).length > 0 &&
    Object.entries(principal).every(([kind, who]) => PRINCIPALS.includes(kind) && textsOf(who).length > 0));

/** One text or a list of them; nothing where there is anything else. */
function textsOf(value: unknown): string[] {
  const values = [value ?? []].flat();
  return values.every((one) => typeof one === "string") ? values : [];
}

import {
  hasKnownVersion,
  isObject,
  isPrincipal,
  isStatement,
  parseDocument,
  statementsOf,
  textsOf,
} from "../../emulator/authorization/document.ts";
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

/**
 * Checks the grammar of the policy of a stream or consumer; its text is kept as it is.
 * @throws InvalidArgumentException
 * @see https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html
 */
export function checkPolicy(text: string, resourceArn: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) throw invalidPolicy(`it is longer than ${MOST_BYTES} bytes`);
  const policy = parseDocument(text);
  if (!policy) throw invalidPolicy("it is no JSON object");
  if (!hasKnownVersion(policy)) throw invalidPolicy("its Version is none that there is");
  const statements = statementsOf(policy);
  if (statements.length === 0) throw invalidPolicy("it has no Statement");
  for (const statement of statements) checkStatement(statement, resourceArn);
}

function checkStatement(statement: unknown, resourceArn: string): void {
  if (!isObject(statement)) throw invalidPolicy("a statement is no object");
  const { Effect, Action, Resource, Principal } = statement;
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
  if (!isStatement(statement)) throw invalidPolicy("a statement has members twice, or a Condition that is none");
}

import {
  hasKnownVersion,
  isObject,
  isPrincipal,
  isStatement,
  type Json,
  parseDocument,
  statementsOf,
  textsOf,
} from "../../emulator/authorization/document.ts";
import type { Host } from "../../emulator/model/context.ts";
import type { Table as StorageTable } from "../../emulator/storage/storage.ts";
import { invalidParameter } from "./errors.ts";

export interface ResourcePolicy {
  /** To the letter. */
  readonly document: string;
  readonly revisionId: string;
}

/** The policies of the tables and streams of one account and region, by their ARNs. */
export class ResourcePolicies {
  readonly #table: StorageTable<ResourcePolicy>;
  readonly #scope: readonly [account: string, region: string];

  constructor(storage: Host["storage"], scope: { readonly account: string; readonly region: string }) {
    this.#table = storage.table("dynamodb/policies");
    this.#scope = [scope.account, scope.region];
  }

  /** Of a table or a stream; an index has that of its table. */
  get(resourceArn: string): ResourcePolicy | undefined {
    return this.#table.get([...this.#scope, resourceArn.split("/index/", 1)[0] ?? ""]);
  }

  put(resourceArn: string, policy: ResourcePolicy): void {
    this.#table.put([...this.#scope, resourceArn], policy);
  }

  remove(resourceArn: string): void {
    this.#table.remove([...this.#scope, resourceArn]);
  }
}

/** The time, as AWS's begin; what is behind it tells two of one millisecond from each other. */
export const newRevisionId = ({ clock, ids }: Pick<Host, "clock" | "ids">): string =>
  `${clock.now()}${String(ids.integer(REVISIONS)).padStart(9, "0")}`;

const REVISIONS = 1_000_000_000;
const MOST_BYTES = 20 * 1024;
const invalidPolicy = (what: string) => invalidParameter(`Invalid policy document: ${what}`);

/**
 * Checks the grammar of the policy of a table or stream.
 * @throws AwsError ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
 */
export function checkPolicy(text: string, resourceArn: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw invalidParameter(`Maximum policy size of ${MOST_BYTES} bytes exceeded`);
  }
  const policy = parseDocument(text);
  if (!policy) throw invalidPolicy("This policy contains invalid Json");
  if (!hasKnownVersion(policy)) throw invalidPolicy("Policy document must be version 2012-10-17 or greater.");
  const statements = statementsOf(policy);
  if (statements.length === 0) throw invalidPolicy("Could not parse the policy: Statement is empty!");
  for (const statement of statements) checkStatement(statement, resourceArn);
  const sids = statements.flatMap((statement) => (statement as Json)["Sid"] ?? []);
  if (new Set(sids).size < sids.length) throw invalidPolicy("The Statement Ids in the policy are not unique");
}

function checkStatement(statement: unknown, resourceArn: string): void {
  if (!isObject(statement)) throw invalidPolicy("Syntax errors in policy.");
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw invalidPolicy("Missing required field Effect");
  if (Principal === undefined && NotPrincipal === undefined) throw invalidPolicy("Missing required field Principal");
  if (!isPrincipal(Principal ?? NotPrincipal)) throw invalidPolicy("Invalid principal in policy");
  const actions = textsOf(Action ?? NotAction);
  if (actions.length === 0) throw invalidPolicy("Missing required field Action");
  const foreign = actions.filter((action) => !/^(\*|dynamodb:[\w*?]+)$/i.test(action));
  if (foreign.length > 0) throw invalidPolicy(`The following action names are invalid: ${foreign.join(", ")}`);
  const resources = textsOf(Resource ?? NotResource);
  if (resources.length === 0) throw invalidPolicy("Missing required field Resource");
  const outside = resources.find((resource) => !isWithin(resource, resourceArn));
  if (outside !== undefined) throw invalidPolicy(`The resource ${outside} is not ${resourceArn}, nor an index of it`);
  if (!isStatement(statement)) throw invalidPolicy("Syntax errors in policy.");
}

const isWithin = (resource: string, resourceArn: string): boolean =>
  resource === "*" || resource === resourceArn || resource.startsWith(`${resourceArn}/index/`);

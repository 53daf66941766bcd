import type { Identities, RoleIdentity } from "../../emulator/model/authorization.ts";
import type { Host } from "../../emulator/model/context.ts";
import type { ManagedPolicy, Role } from "./model.ts";
import { IAM_CHANGED, IamStore } from "./store.ts";

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

/** Roles for the evaluation of policies. They are read once, and again after a change of anything in IAM. */
export class StoredIdentities implements Identities {
  readonly #host: Pick<Host, "storage" | "signals">;
  readonly #roles = new Map<string, RoleIdentity | undefined>();

  constructor(host: Pick<Host, "storage" | "signals">) {
    this.#host = host;
    host.signals.listen(IAM_CHANGED, () => this.#roles.clear());
  }

  role(arn: string): RoleIdentity | undefined {
    const known = this.#roles.get(arn);
    if (known) return known;
    const identity = this.#read(arn);
    // names that are made up stay out: there are as many as callers think of
    if (identity) this.#roles.set(arn, identity);
    return identity;
  }

  managedPolicy(account: string, arn: string): string | undefined {
    const policy = this.#store(account).findPolicy(arn);
    return policy && defaultDocument(policy);
  }

  #store(account: string): IamStore {
    return new IamStore(this.#host, account);
  }

  #read(arn: string): RoleIdentity | undefined {
    const [, account, name] = ROLE_ARN.exec(arn) ?? [];
    if (account === undefined || name === undefined) return undefined;
    const store = this.#store(account);
    const role = store.findRole(name);
    return role?.arn === arn ? identityOf(store, account, role) : undefined;
  }
}

function identityOf(store: IamStore, account: string, role: Role): RoleIdentity {
  const document = (policyArn: string): string[] => {
    const policy = store.findPolicy(policyArn);
    return policy ? [defaultDocument(policy)] : [];
  };
  return {
    name: role.name,
    arn: role.arn,
    account,
    id: role.id,
    tags: Object.fromEntries(role.tags.map(({ Key, Value }) => [Key, Value])),
    trustPolicy: role.trustPolicy,
    policies: [...Object.values(role.inline), ...role.attached.flatMap(document)],
    ...(role.boundary !== undefined && { boundary: document(role.boundary)[0] ?? NOTHING }),
    maxSessionSeconds: role.maxSessionSeconds,
  };
}

/** Of a boundary whose policy is gone: it allows nothing. */
const NOTHING = JSON.stringify({ Version: "2012-10-17", Statement: [] });

const defaultDocument = ({ versions, defaultVersion }: ManagedPolicy): string =>
  versions.find(({ id }) => id === defaultVersion)?.document ?? "";

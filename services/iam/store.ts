import type { Host } from "../../emulator/model/context.ts";
import type { Table } from "../../emulator/storage/storage.ts";
import {
  aliasExists,
  awsManagedPolicyUnsupported,
  isAwsManaged,
  policyExists,
  policyMissing,
  roleExists,
  roleNotFound,
} from "./errors.ts";
import { awsManagedPolicy, awsManagedPolicies } from "./aws-managed-policies.ts";
import type { ManagedPolicy, Role } from "./model.ts";

/** Notified with every change of a role or a policy. */
export const IAM_CHANGED = "iam/changed";

/** Roles, managed policies and the alias of one account. IAM is global: the region of a request does not matter. */
export class IamStore {
  readonly account: string;
  readonly #roles: Table<Role>;
  readonly #policies: Table<ManagedPolicy>;
  /** The alias of each account. */
  readonly #aliases: Table<string>;
  readonly #changed: () => void;

  constructor(host: Pick<Host, "storage" | "signals">, account: string) {
    this.account = account;
    this.#changed = () => host.signals.notify(IAM_CHANGED);
    this.#roles = host.storage.table<Role>("iam/roles");
    this.#policies = host.storage.table<ManagedPolicy>("iam/policies");
    this.#aliases = host.storage.table<string>("iam/aliases");
  }

  /** Names are unique without regard to case, as AWS has it. */
  #roleKey(name: string): [string, string] {
    return [this.account, name.toLowerCase()];
  }

  findRole(name: string): Role | undefined {
    const role = this.#roles.get(this.#roleKey(name));
    return role?.name === name ? role : undefined;
  }

  /** @throws NoSuchEntity */
  role(name: string): Role {
    const role = this.findRole(name);
    if (!role) throw roleNotFound(name);
    return role;
  }

  roles(): Role[] {
    return [...this.#roles.under([this.account])].map(({ value }) => value);
  }

  addRole(role: Role): void {
    if (this.#roles.has(this.#roleKey(role.name))) throw roleExists(role.name);
    this.#roles.put(this.#roleKey(role.name), role);
    this.#changed();
  }

  updateRole(name: string, change: Partial<Role>): Role {
    const role = { ...this.role(name), ...change };
    this.#roles.put(this.#roleKey(name), role);
    this.#changed();
    return role;
  }

  removeRole(name: string): void {
    this.#roles.remove(this.#roleKey(name));
    this.#changed();
  }

  findPolicy(arn: string): ManagedPolicy | undefined {
    return awsManagedPolicy(arn) ?? this.#policies.get([this.account, arn]);
  }

  /** @throws NoSuchEntity with `notFound`'s words, which differ from operation to operation; NotImplemented for one of AWS's */
  policy(arn: string, notFound: (arn: string) => Error = policyMissing): ManagedPolicy {
    const policy = this.findPolicy(arn);
    if (!policy) throw isAwsManaged(arn) ? awsManagedPolicyUnsupported(arn) : notFound(arn);
    return policy;
  }

  /** The account's own policies, then AWS's. */
  policies(): ManagedPolicy[] {
    return [...[...this.#policies.under([this.account])].map(({ value }) => value), ...awsManagedPolicies()];
  }

  addPolicy(policy: ManagedPolicy): void {
    const taken = [...this.#policies.under([this.account])].some(
      ({ value }) => value.name.toLowerCase() === policy.name.toLowerCase(),
    );
    if (taken) throw policyExists(policy.name);
    this.#policies.put([this.account, policy.arn], policy);
    this.#changed();
  }

  updatePolicy(arn: string, change: Partial<ManagedPolicy>): ManagedPolicy {
    const policy = { ...this.policy(arn), ...change };
    this.#policies.put([this.account, arn], policy);
    this.#changed();
    return policy;
  }

  removePolicy(arn: string): void {
    this.#policies.remove([this.account, arn]);
    this.#changed();
  }

  rolesWithPolicy(arn: string): Role[] {
    return this.roles().filter((role) => role.attached.includes(arn));
  }

  rolesWithBoundary(arn: string): Role[] {
    return this.roles().filter((role) => role.boundary === arn);
  }

  alias(): string | undefined {
    return this.#aliases.get([this.account]);
  }

  /** @throws EntityAlreadyExists for the alias of another account */
  setAlias(alias: string): void {
    for (const { key, value } of this.#aliases.range()) {
      if (value === alias && key[0] !== this.account) throw aliasExists(alias);
    }
    this.#aliases.put([this.account], alias);
  }

  removeAlias(): void {
    this.#aliases.remove([this.account]);
  }
}

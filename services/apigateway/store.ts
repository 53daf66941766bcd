import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { apiNotFound } from "./errors.ts";
import type {
  ApiDefinition,
  ApiKey,
  DayUsage,
  Deployment,
  PlanStage,
  QuotaState,
  RestApi,
  Scope,
  Stage,
  UsagePlan,
} from "./model.ts";
import { dayOf, periodStart } from "./quota-period.ts";

/** APIs, keys and usage plans of one account and region. */
export class ApiGatewayStore {
  /** Invocations ask who owns an API: the table is opened once. */
  static readonly #ownersOf = new WeakMap<Storage, Table<Scope>>();
  readonly scope: Scope;
  readonly #storage: Storage;
  readonly #apis: Table<RestApi>;
  readonly #owners: Table<Scope>;
  readonly #deployments: Table<Deployment>;
  readonly #stages: Table<Stage>;
  readonly #keys: Table<ApiKey>;
  readonly #keyValues: Table<string>;
  readonly #plans: Table<UsagePlan>;
  readonly #planKeys: Table<true>;
  readonly #quotas: Table<QuotaState>;
  readonly #usage: Table<DayUsage>;
  readonly #account: Table<{ cloudwatchRoleArn?: string }>;

  constructor(host: { storage: Storage }, scope: Scope) {
    this.scope = { account: scope.account, region: scope.region };
    this.#storage = host.storage;
    const table = <V>(name: string): Table<V> => host.storage.table<V>(`apigateway/${name}`);
    this.#apis = table("apis");
    this.#owners = table("owners");
    this.#deployments = table("deployments");
    this.#stages = table("stages");
    this.#keys = table("keys");
    this.#keyValues = table("key-values");
    this.#plans = table("plans");
    this.#planKeys = table("plan-keys");
    this.#quotas = table("quotas");
    this.#usage = table("usage");
    this.#account = table("account");
  }

  /** Where an API lives: ids are unique over all accounts and regions, and an invocation knows nothing else. */
  static ownerOf(host: { storage: Storage }, apiId: string): Scope | undefined {
    let owners = ApiGatewayStore.#ownersOf.get(host.storage);
    if (!owners) ApiGatewayStore.#ownersOf.set(host.storage, (owners = host.storage.table<Scope>("apigateway/owners")));
    return owners.get([apiId]);
  }

  #key(...rest: (string | number)[]): (string | number)[] {
    return [this.scope.account, this.scope.region, ...rest];
  }

  /** Runs several changes as one. */
  transaction<T>(work: () => T): T {
    return this.#storage.write(work);
  }

  /** Whether any account has an API of this id. */
  isTaken(apiId: string): boolean {
    return this.#owners.has([apiId]);
  }

  findApi(id: string): RestApi | undefined {
    return this.#apis.get(this.#key(id));
  }

  /** @throws NotFoundException */
  api(id: string): RestApi {
    const api = this.findApi(id);
    if (!api) throw apiNotFound(this.scope.account, id);
    return api;
  }

  /** In the order of their ids. */
  apis(): RestApi[] {
    return [...this.#apis.under(this.#key())].map(({ value }) => value);
  }

  putApi(api: RestApi): void {
    this.transaction(() => {
      this.#apis.put(this.#key(api.id), api);
      this.#owners.put([api.id], this.scope);
    });
  }

  /** @throws NotFoundException */
  changeDefinition(id: string, change: (definition: ApiDefinition) => Partial<ApiDefinition>): void {
    const api = this.api(id);
    this.putApi({ ...api, definition: { ...api.definition, ...change(api.definition) } });
  }

  /** Removes an API with its deployments and stages, and takes it out of the usage plans that have it. */
  removeApi(id: string): void {
    this.transaction(() => {
      this.#leavePlans((stage) => stage.apiId === id);
      for (const table of [this.#apis, this.#deployments, this.#stages]) table.clear(this.#key(id));
      this.#owners.remove([id]);
    });
  }

  deployment(apiId: string, id: string): Deployment | undefined {
    return this.#deployments.get(this.#key(apiId, id));
  }

  deployments(apiId: string): Deployment[] {
    return [...this.#deployments.under(this.#key(apiId))].map(({ value }) => value);
  }

  putDeployment(apiId: string, deployment: Deployment): void {
    this.#deployments.put(this.#key(apiId, deployment.id), deployment);
  }

  removeDeployment(apiId: string, id: string): void {
    this.#deployments.remove(this.#key(apiId, id));
  }

  stage(apiId: string, name: string): Stage | undefined {
    return this.#stages.get(this.#key(apiId, name));
  }

  stages(apiId: string): Stage[] {
    return [...this.#stages.under(this.#key(apiId))].map(({ value }) => value);
  }

  putStage(stage: Stage): void {
    this.#stages.put(this.#key(stage.apiId, stage.stageName), stage);
  }

  /** Removes a stage, and takes it out of the usage plans that have it. */
  removeStage(apiId: string, name: string): void {
    this.transaction(() => {
      this.#leavePlans((stage) => stage.apiId === apiId && stage.stage === name);
      this.#stages.remove(this.#key(apiId, name));
    });
  }

  #leavePlans(leaves: (stage: PlanStage) => boolean): void {
    for (const plan of this.plans()) {
      const apiStages = plan.apiStages.filter((stage) => !leaves(stage));
      if (apiStages.length < plan.apiStages.length) this.putPlan({ ...plan, apiStages });
    }
  }

  apiKey(id: string): ApiKey | undefined {
    return this.#keys.get(this.#key(id));
  }

  keyByValue(value: string): ApiKey | undefined {
    const id = this.#keyValues.get(this.#key(value));
    return id === undefined ? undefined : this.apiKey(id);
  }

  apiKeys(): ApiKey[] {
    return [...this.#keys.under(this.#key())].map(({ value }) => value);
  }

  putKey(key: ApiKey): void {
    this.transaction(() => {
      this.#keys.put(this.#key(key.id), key);
      this.#keyValues.put(this.#key(key.value), key.id);
    });
  }

  /** Removes a key, and takes it out of its plans. */
  removeKey(key: ApiKey): void {
    this.transaction(() => {
      for (const plan of this.plansOf(key.id)) this.removePlanKey(plan.id, key.id);
      this.#keys.remove(this.#key(key.id));
      this.#keyValues.remove(this.#key(key.value));
    });
  }

  plan(id: string): UsagePlan | undefined {
    return this.#plans.get(this.#key(id));
  }

  plans(): UsagePlan[] {
    return [...this.#plans.under(this.#key())].map(({ value }) => value);
  }

  putPlan(plan: UsagePlan): void {
    this.#plans.put(this.#key(plan.id), plan);
  }

  removePlan(id: string): void {
    this.transaction(() => {
      this.#plans.remove(this.#key(id));
      for (const { key } of [...this.#planKeys.under(this.#key())]) if (key[3] === id) this.#planKeys.remove(key);
      this.#quotas.clear(this.#key(id));
      this.#usage.clear(this.#key(id));
    });
  }

  isPlanKey(planId: string, keyId: string): boolean {
    return this.#planKeys.has(this.#key(keyId, planId));
  }

  /** The plans that a key belongs to. */
  plansOf(keyId: string): UsagePlan[] {
    const ids = [...this.#planKeys.under(this.#key(keyId))].map(({ key }) => String(key[3]));
    return ids.map((id) => this.plan(id)).filter((plan) => plan !== undefined);
  }

  /** The keys of a plan, in the order of their ids. */
  keysOf(planId: string): ApiKey[] {
    return this.apiKeys().filter(({ id }) => this.isPlanKey(planId, id));
  }

  putPlanKey(planId: string, keyId: string): void {
    this.#planKeys.put(this.#key(keyId, planId), true);
  }

  removePlanKey(planId: string, keyId: string): void {
    this.transaction(() => {
      this.#planKeys.remove(this.#key(keyId, planId));
      this.#quotas.remove(this.#key(planId, keyId));
      this.#usage.clear(this.#key(planId, keyId));
    });
  }

  /** What is left of the quota at a time (epoch milliseconds); undefined where the plan has none. */
  remaining(plan: UsagePlan, keyId: string, atMs: number): number | undefined {
    if (!plan.quota) return undefined;
    const state = this.#quotas.get(this.#key(plan.id, keyId));
    // a quota that is changed within a period is changed by as much for the rest of it
    if (state?.from === periodStart(plan.quota.period, atMs)) return state.remaining + plan.quota.limit - state.limit;
    return plan.quota.limit - (state ? 0 : plan.quota.offset);
  }

  /** Counts one request against the quota of a key. @returns false where nothing is left; then it counts nothing */
  countRequest(plan: UsagePlan, keyId: string, atMs: number): boolean {
    return this.transaction(() => {
      const left = this.remaining(plan, keyId, atMs);
      if (left !== undefined && left <= 0) return false;
      if (left !== undefined) this.setRemaining(plan, keyId, atMs, left - 1);
      const dayKey = this.#key(plan.id, keyId, dayOf(atMs));
      this.#usage.put(dayKey, { used: (this.#usage.get(dayKey)?.used ?? 0) + 1, remaining: (left ?? 1) - 1 });
      return true;
    });
  }

  setRemaining(plan: UsagePlan, keyId: string, atMs: number, remaining: number): void {
    if (!plan.quota) return;
    this.#quotas.put(this.#key(plan.id, keyId), {
      from: periodStart(plan.quota.period, atMs),
      limit: plan.quota.limit,
      remaining,
    });
  }

  /** Usage of one day, `YYYY-MM-DD`. */
  dayUsage(planId: string, keyId: string, day: string): DayUsage | undefined {
    return this.#usage.get(this.#key(planId, keyId, day));
  }

  get cloudwatchRoleArn(): string | undefined {
    return this.#account.get(this.#key("settings"))?.cloudwatchRoleArn;
  }

  set cloudwatchRoleArn(arn: string | undefined) {
    this.#account.put(this.#key("settings"), arn === undefined ? {} : { cloudwatchRoleArn: arn });
  }
}

import { setMaxListeners } from "node:events";
import { Authorizer } from "./authorization/authorizer.ts";
import { arnPart, type Access, type AccessScope, type Standing } from "./model/access.ts";
import type { Identities } from "./model/authorization.ts";
import { unsupported } from "./model/errors.ts";
import type { Call, CallOptions, CallScope, Context, Host, Principal } from "./model/context.ts";
import type { Door, DoorRequest, Engine, Service } from "./model/service.ts";
import { compileValidator } from "./model/validate.ts";
import { operationCodec, type Format, type OperationCodec } from "./protocol/operation-codec.ts";
import { operationShape } from "./protocol/shapes.ts";
import { EventStreams } from "./gateway/event-streams.ts";
import type { Guard } from "./gateway/guard.ts";
import type { InitState } from "./init/stages.ts";
import { RestRouter } from "./gateway/route.ts";
import { RequestContext, type Request } from "./request-context.ts";

const VALIDATION: Readonly<Record<Service["protocol"], string>> = {
  json: "ValidationException",
  restJson: "ValidationException",
  query: "ValidationError",
  restXml: "InvalidRequest",
};

/** What is made of an operation when it is first called. */
interface CompiledOperation {
  readonly codecs: Map<Format, OperationCodec>;
  readonly validate: (input: Readonly<Record<string, unknown>>) => void;
}

const NEVER = new AbortController();
// every call of a service may listen
setMaxListeners(0, NEVER.signal);

/** One running emulator: its services, what they keep, and the way from a request (or `call`) to an operation. */
export class Emulator {
  readonly services: readonly Service[];
  readonly host: Host;
  readonly guard: Guard;
  readonly init: InitState;
  readonly dataDirectory: string;
  readonly authorizer: Authorizer;
  readonly eventStreams = new EventStreams();
  readonly #stores = new Map<string, unknown>();
  readonly #lastStores = new Map<Service, { account: string; region: string; store: unknown }>();
  readonly #engines = new Map<string, Engine>();
  readonly #doors: readonly (readonly [service: string, engine: Engine])[];
  readonly #compiled = new Map<Service, Map<string, CompiledOperation>>();
  /** Services by their name, which their ARNs have too where resources have policies or tags to ask for. */
  readonly #byName: ReadonlyMap<string, Service>;
  readonly #routers = new Map<string, RestRouter>();

  constructor(
    services: readonly Service[],
    host: Omit<Host, "callAs" | "authorization" | "putSystemTags">,
    guard: Guard,
    options: { readonly iam: boolean; readonly init: InitState },
  ) {
    this.services = services;
    this.guard = guard;
    this.init = options.init;
    this.dataDirectory = host.storage.directory;
    this.#byName = new Map(services.map((service) => [service.name, service]));
    this.authorizer = new Authorizer({
      enforced: options.iam,
      identities: identitiesOf(services, host),
      resourcePolicy: (arn, scope) => this.#resourcePolicy(arn, scope),
      resourceTags: (arn, scope) => this.#resourceTags(arn, scope),
      standing: (access, principal, scope) => this.#standing(access, principal, scope),
      storeOf: (service, scope) => this.#store(service, scope),
      clock: host.clock,
    });
    // `endpoint` is known later, so the host stays one object
    this.host = Object.defineProperties(
      {},
      {
        ...Object.getOwnPropertyDescriptors(host),
        authorization: { value: this.authorizer },
        callAs: { value: (scope: CallScope) => this.#caller(scope) },
        putSystemTags: { value: this.#putSystemTags },
      },
    ) as Host;
    for (const service of services) {
      const engine = service.engine?.(this.host);
      if (engine) this.#engines.set(service.name, engine);
    }
    this.#doors = [...this.#engines].filter(([, engine]) => "door" in engine);
  }

  async start(): Promise<void> {
    for (const engine of this.#engines.values()) await engine.start?.();
  }

  async stop(): Promise<void> {
    for (const engine of this.#engines.values()) await engine.stop?.();
  }

  /** Who answers a request that is no call of the AWS API. */
  door(request: DoorRequest): { service: string; door: Door } | undefined {
    for (const [service, engine] of this.#doors) {
      const door = engine.door?.(request);
      if (door) return { service, door };
    }
    return undefined;
  }

  engine(service: string): Engine | undefined {
    return this.#engines.get(service);
  }

  /** The service that lets a page of another origin make a request, and what the answer tells its browser. */
  admission(request: DoorRequest): { service: string; headers: Readonly<Record<string, string>> } | undefined {
    for (const [service, engine] of this.#engines) {
      const headers = engine.pageHeaders?.(request);
      if (headers) return { service, headers };
    }
    return undefined;
  }

  /** What an engine shows of itself under a name. */
  page(name: string): (() => object) | undefined {
    for (const { pages } of this.#engines.values()) {
      if (pages && Object.hasOwn(pages, name)) return pages[name];
    }
    return undefined;
  }

  byTarget(prefix: string): Service | undefined {
    return this.services.find((service) => service.target === prefix);
  }

  bySigningName(name: string): Service | undefined {
    return this.services.find((service) => service.signingName === name);
  }

  byVersion(version: string): Service | undefined {
    return this.services.find((service) => service.version === version);
  }

  router(service: Service): RestRouter {
    return memoize(this.#routers, service.name, () => new RestRouter(service));
  }

  codec(service: Service, operation: string, format: Format): OperationCodec {
    return memoize(this.#operation(service, operation).codecs, format, () =>
      operationCodec(service, operation, format),
    );
  }

  /** @throws AwsError for an input that breaks the service's constraints */
  validate(service: Service, operation: string, input: Readonly<Record<string, unknown>>): void {
    this.#operation(service, operation).validate(input);
  }

  /** Asked for twice by every request: found without making a name. */
  #operation(service: Service, operation: string): CompiledOperation {
    const operations = memoize(this.#compiled, service, () => new Map<string, CompiledOperation>());
    return memoize(operations, operation, () => ({
      codecs: new Map(),
      validate: compileOperationValidator(service, operation),
    }));
  }

  context(service: Service, operation: string, from: Request, input: Readonly<Record<string, unknown>>): Context {
    const owner = service.ownerOf?.(operation, input) ?? from.account;
    const request = owner === from.account ? from : { ...from, account: owner };
    const { account, region } = request;
    const store = this.#store(service, { account, region });
    const engine = this.#engines.get(service.name);
    const caller = (of: Request) => this.#caller(of, `${service.name}.amazonaws.com`);
    return new RequestContext(this.host, request, { store, engine }, caller);
  }

  /** Nearly every call is of the account and region of the one before: those are remembered without a name. */
  #store(service: Service, { account, region }: AccessScope): unknown {
    const last = this.#lastStores.get(service);
    if (last?.account === account && last.region === region) return last.store;
    const store = memoize(this.#stores, `${service.name} ${account} ${region}`, () =>
      service.store(this.host, { account, region }),
    );
    this.#lastStores.set(service, { account, region, store });
    return store;
  }

  #resourcePolicy(arn: string, scope: AccessScope): string | undefined {
    const service = this.#byName.get(arnPart(arn, 2));
    if (!service?.resourcePolicy) return undefined;
    const place = placeOf(arn, scope);
    return service.resourcePolicy({ ...place, store: this.#store(service, place) }, arn);
  }

  #resourceTags(arn: string, scope: AccessScope): Readonly<Record<string, string>> | undefined {
    const service = this.#byName.get(arnPart(arn, 2));
    if (!service?.resourceTags) return undefined;
    const place = placeOf(arn, scope);
    return service.resourceTags({ ...place, store: this.#store(service, place) }, arn);
  }

  #standing(access: Access, principal: Principal, scope: AccessScope): Standing | undefined {
    const service = this.#byName.get(arnPart(access.resource, 2));
    const { account, region } = scope;
    return service?.standing?.({ account, region, store: this.#store(service, scope) }, access, principal);
  }

  readonly #putSystemTags: Host["putSystemTags"] = (scope, arn, tags) => {
    const service = this.services.find(({ name }) => name === arnPart(arn, 2));
    if (!service?.putSystemTags) throw new Error(`${arn} takes no system tags`);
    const place = placeOf(arn, scope);
    const engine = this.#engines.get(service.name);
    service.putSystemTags({ ...place, store: this.#store(service, place), engine }, arn, tags);
  };

  #caller(scope: CallScope, via = scope.via): Call {
    const call = async (name: string, operation: string, input: Record<string, unknown>, options?: CallOptions) => {
      const service = this.services.find((candidate) => candidate.name === name);
      const run = service?.operations[operation];
      if (!service || !run) throw unsupported(`${name}:${operation}`);
      this.validate(service, operation, input);
      const principal = options?.principal ?? scope.principal;
      const region = options?.region ?? scope.region;
      this.authorizer.authorize(service, operation, input, {
        principal,
        region,
        ...scope.from,
        via: options?.principal ? undefined : via,
      });
      const context = this.context(
        service,
        operation,
        {
          account: principal.account,
          region,
          principal,
          requestId: this.host.ids.uuid(),
          abort: options?.signal ? { signal: options.signal } : NEVER,
          response: { headers: {} },
        },
        input,
      );
      await service.before?.(context, operation, input);
      return run(context, input);
    };
    return call as unknown as Call;
  }
}

function identitiesOf(services: readonly Service[], host: Pick<Host, "storage" | "signals">): Identities {
  for (const service of services) {
    if (service.identities) return service.identities(host);
  }
  return { role: () => undefined, managedPolicy: () => undefined };
}

function compileOperationValidator(
  service: Service,
  operation: string,
): (input: Readonly<Record<string, unknown>>) => void {
  const schema = service.schemas.get(operation);
  if (!schema) return () => {};
  const error = service.validationError ?? { code: VALIDATION[service.protocol], status: 400 };
  const check =
    service.memberChecks?.[operation] ??
    (service.constraints && compileValidator(operationShape(schema).input, service.constraints, error));
  const refused = refusedMembers(service, operation);
  return (input) => {
    check?.(input);
    for (const member of refused) {
      if (input[member] !== undefined) throw unsupported(`${member} of ${operation}`);
    }
  };
}

/** Where the resource of an ARN is; S3's name neither account nor region. */
const placeOf = (arn: string, scope: AccessScope) => ({
  account: arnPart(arn, 4) || scope.account,
  region: arnPart(arn, 3) || scope.region,
});

/** The input members of an operation that AWS has and Headwater has not. */
export const refusedMembers = (service: Pick<Service, "refuses">, operation: string): readonly string[] => {
  const refuses: Readonly<Record<string, readonly string[] | undefined>> = service.refuses ?? {};
  return [...(refuses["*"] ?? []), ...(refuses[operation] ?? [])];
};

function memoize<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

import type { Call, CallScope, Context, Host, Principal } from "./model/context.ts";

/** What a context is made for: a request, or a call from within. */
export type Request = CallScope &
  Pick<Context, "requestId" | "response" | "request"> & { readonly abort: { readonly signal: AbortSignal } };

/** A class, not a literal: one is made for every request, signal and `call` only when an operation looks at them. */
export class RequestContext implements Context {
  readonly clock: Host["clock"];
  readonly ids: Host["ids"];
  readonly scheduler: Host["scheduler"];
  readonly signals: Host["signals"];
  readonly metrics: Host["metrics"];
  readonly contributions: Host["contributions"];
  readonly credentials: Host["credentials"];
  readonly authorization: Host["authorization"];
  readonly log: Host["log"];
  readonly endpoint: string;
  readonly publicEndpoint: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  readonly requestId: string;
  readonly store: unknown;
  readonly engine: unknown;
  readonly response: Context["response"];
  readonly request: Context["request"];
  readonly #from: Request;
  readonly #caller: (from: Request) => Call;
  #call: Call | undefined;

  constructor(
    host: Host,
    from: Request,
    { store, engine }: Pick<Context, "store" | "engine">,
    caller: (from: Request) => Call,
  ) {
    this.clock = host.clock;
    this.ids = host.ids;
    this.scheduler = host.scheduler;
    this.signals = host.signals;
    this.metrics = host.metrics;
    this.contributions = host.contributions;
    this.credentials = host.credentials;
    this.authorization = host.authorization;
    this.log = host.log;
    this.endpoint = host.endpoint;
    this.publicEndpoint = host.publicEndpoint;
    this.account = from.account;
    this.region = from.region;
    this.principal = from.principal;
    this.requestId = from.requestId;
    this.store = store;
    this.engine = engine;
    this.response = from.response;
    this.request = from.request;
    this.#from = from;
    this.#caller = caller;
  }

  get signal(): AbortSignal {
    return this.#from.abort.signal;
  }

  get call(): Call {
    return (this.#call ??= this.#caller(this.#from));
  }
}

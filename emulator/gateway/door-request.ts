import type { Readable } from "node:stream";
import type { DoorRequest } from "../model/service.ts";
import type { Exchange } from "./exchange.ts";
import { bodyLimit, incoming, readRawBody } from "./receive.ts";

/** What a service's door is shown of a request. A class: one is made for every request. */
class ExchangeDoorRequest implements DoorRequest {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get requestId(): string {
    return this.#exchange.requestId;
  }
  get method(): string {
    return this.#exchange.method;
  }
  get path(): string {
    return this.#exchange.path;
  }
  get query(): URLSearchParams {
    return this.#exchange.query;
  }
  get headers(): Readonly<Record<string, string>> {
    return this.#exchange.headers;
  }
  get rawHeaders(): readonly string[] {
    return this.#exchange.rawHeaders;
  }
  get remoteAddress(): string {
    return this.#exchange.raw.socket.remoteAddress ?? "";
  }
  get signal(): AbortSignal {
    return this.#exchange.gone.signal;
  }

  stream(): Readable {
    return incoming(this.#exchange);
  }

  body(limitBytes: number): Promise<Buffer> {
    return readRawBody(this.#exchange, bodyLimit({ bodyLimitBytes: limitBytes }));
  }
}

export const doorRequest = (exchange: Exchange): DoorRequest => new ExchangeDoorRequest(exchange);

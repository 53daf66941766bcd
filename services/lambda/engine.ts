import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { MappingEngine } from "./event-source-mapping/engine.ts";
import type { Invoker } from "./invoker.ts";

export type { InvokeRequest, InvokeResult, Invoker } from "./invoker.ts";

/** What runs by itself in Lambda: execution environments, the queue of asynchronous events, event source mappings. */
export class LambdaEngine implements Engine {
  readonly invoker: Invoker;
  readonly mappings: MappingEngine;

  constructor(host: Host) {
    this.invoker = { invoke: () => Promise.reject(new Error("no execution environments yet")) };
    this.mappings = new MappingEngine(host, this.invoker);
  }

  async start(): Promise<void> {
    await this.mappings.start();
  }

  async stop(): Promise<void> {
    await this.mappings.stop();
  }
}

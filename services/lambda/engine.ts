import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { Packages } from "./code/packages.ts";
import { MappingEngine } from "./event-source-mapping/engine.ts";
import { FunctionInvoker } from "./function-invoker.ts";
import { LambdaStore } from "./store.ts";

export type { InvokeRequest, InvokeResult, Invoker } from "./invoker.ts";

/** What runs by itself in Lambda: execution environments, the queue of asynchronous events, event source mappings. */
export class LambdaEngine implements Engine {
  readonly packages: Packages;
  readonly invoker: FunctionInvoker;
  readonly mappings: MappingEngine;
  readonly pages = { "event-source-mappings": () => this.mappings.status() };

  constructor(host: Host) {
    this.packages = new Packages(host);
    this.invoker = new FunctionInvoker(host, this.packages);
    this.mappings = new MappingEngine(host, this.invoker);
    // before any request can add one
    this.packages.sweep(new LambdaStore(host, { account: "", region: "" }).codeInUse());
  }

  start(): void {
    this.invoker.start();
    this.mappings.start();
  }

  async stop(): Promise<void> {
    await this.mappings.stop();
    await this.invoker.stop();
  }
}

import type { Host } from "../../../emulator/model/context.ts";
import type { Invoker } from "../invoker.ts";

/** Polls the streams of event source mappings and invokes their functions. */
export class MappingEngine {
  constructor(_host: Host, _invoker: Invoker) {}

  start(): void | Promise<void> {}

  stop(): void | Promise<void> {}
}

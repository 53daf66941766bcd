import type { Host } from "../../emulator/model/context.ts";
import type { Engine } from "../../emulator/model/service.ts";
import { Deliveries } from "./deliveries.ts";
import { RetentionSweep } from "./retention-sweep.ts";

/** What runs by itself in CloudWatch Logs: the end of old events, and the deliveries of subscription filters. */
export class LogsEngine implements Engine {
  readonly deliveries: Deliveries;
  readonly #sweep: RetentionSweep;

  constructor(host: Host) {
    this.deliveries = new Deliveries(host);
    this.#sweep = new RetentionSweep(host);
  }

  start(): void {
    this.#sweep.start();
    this.deliveries.start();
  }

  stop(): void {
    this.deliveries.stop();
  }
}

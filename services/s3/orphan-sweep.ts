import type { Host } from "../../emulator/model/context.ts";
import type { Bodies } from "./bodies.ts";
import { openTables } from "./tables.ts";

/** Removes the files that uploads left behind which a kill cut off. */
export class OrphanSweep {
  readonly #bodies: Bodies;
  readonly #orphans: readonly string[];

  /** To be made before the first request: a file that comes later is nobody's orphan. */
  constructor(host: Host) {
    this.#bodies = openTables(host).bodies;
    this.#orphans = this.#bodies.orphans();
  }

  start(): void {
    this.#bodies.removeFiles(this.#orphans);
  }
}

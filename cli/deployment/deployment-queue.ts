import { commandOn, type Target } from "../targets/index.ts";
import type { Deployment } from "./deployment.ts";

/** Deployments that are planned, and then begun one after the other. Those that are never begun leave nothing behind. */
export class DeploymentQueue {
  readonly #waiting: Deployment[] = [];
  readonly #target: Target;
  #planning: Promise<Deployment> | undefined;
  #begun: Deployment | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  get waiting(): readonly Deployment[] {
    return this.#waiting;
  }

  async add(planning: Promise<Deployment>): Promise<void> {
    this.#planning = planning;
    this.#waiting.push(await planning);
    this.#planning = undefined;
  }

  /** Takes the next one off, which is begun now; undefined when all are done. */
  next(): Deployment | undefined {
    return (this.#begun = this.#waiting.shift());
  }

  /** Drops all that are not begun. */
  async drop(): Promise<void> {
    for (let each = this.#waiting.shift(); each; each = this.#waiting.shift()) await each.drop();
  }

  /** Drops what is planned, also what is being planned; what to know of the one that is under way. */
  async interrupt(): Promise<string> {
    const planned = await this.#planning?.catch(() => undefined);
    await planned?.drop();
    await this.drop();
    if (!this.#begun) return "Interrupted: nothing was changed.";
    const { name } = this.#begun.pipeline;
    const command = commandOn(this.#target, `deploy ${name}`);
    return `Interrupted: CloudFormation goes on with ${name}. \`${command}\` waits for its end.`;
  }
}

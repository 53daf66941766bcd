import type { StackEvent } from "@aws-sdk/client-cloudformation";
import { statusStyle, styled } from "../style.ts";

/** Where progress is shown: a terminal, a file, or nowhere. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A resource that was given up because another one failed. */
const CONSEQUENCE = /^Resource (creation|update) cancelled/;

/** Shows what happens to the resources of a stack: a line when one is done, and which ones are under way. */
export class ResourceProgress {
  readonly #out: Output;
  readonly #startedAt = new Map<string, number>();
  #failure: string | undefined;

  constructor(out: Output = process.stdout) {
    this.#out = out;
  }

  /** Why the first resource that failed did: what follows is its consequence. */
  get failure(): string | undefined {
    return this.#failure;
  }

  readonly onEvent = (event: StackEvent): void => {
    const name = event.LogicalResourceId ?? "";
    const status = event.ResourceStatus ?? "";
    const time = event.Timestamp?.getTime() ?? 0;
    const isStack = event.PhysicalResourceId === event.StackId;
    if (status.endsWith("_FAILED") && !isStack && !CONSEQUENCE.test(event.ResourceStatusReason ?? ""))
      this.#failure ??= `${name}: ${event.ResourceStatusReason ?? status}`;
    if (status.endsWith("_IN_PROGRESS")) {
      if (!this.#startedAt.has(name)) this.#startedAt.set(name, time);
      if (isStack) this.#line(status, name, event.ResourceStatusReason ?? "");
    } else {
      const seconds = (time - (this.#startedAt.get(name) ?? time)) / 1000;
      this.#startedAt.delete(name);
      const remark = event.ResourceStatusReason ?? `${seconds.toFixed(1)} s`;
      this.#line(status, name, isStack ? remark : `${event.ResourceType}  ${remark}`);
    }
    this.#showUnderWay();
  };

  /** Takes the line of those under way off the terminal. */
  end(): void {
    if (this.#out.isTTY) this.#out.write("\r\x1b[K");
  }

  #line(status: string, name: string, remark: string): void {
    this.end();
    const shown = styled(statusStyle(status), status.padEnd(18), this.#out);
    this.#out.write(`  ${shown}  ${name.padEnd(18)}  ${remark}`.trimEnd() + "\n");
  }

  #showUnderWay(): void {
    if (!this.#out.isTTY) return;
    const text = `  ... ${[...this.#startedAt.keys()].slice(1).join(", ")}`;
    this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }
}

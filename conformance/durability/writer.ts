import type { OnceConfig } from "../emulator-process.ts";

/** Writes without a pause until the emulator is killed, and knows what was acknowledged. */
export interface Writer {
  /** Makes what it writes to. Called once. */
  prepare(config: OnceConfig): Promise<void>;
  /** Resolves when the emulator is gone. */
  write(config: OnceConfig): Promise<void>;
  /** After a restart: fails when something acknowledged is not there as it was sent, or anything is there in part. */
  check(config: OnceConfig): Promise<void>;
  /** How many writes of each kind were acknowledged so far. */
  acknowledged(): Readonly<Record<string, number>>;
}

/**
 * What is known of one key that is written by one writer, one numbered write after the other: the write `acknowledged`
 * was answered; `sent` may be under way when the emulator is killed. Every fifth write deletes.
 */
export class Versions {
  acknowledged = 0;
  sent = 0;

  static deletes(version: number): boolean {
    return version % 5 === 0;
  }

  /** Takes what is stored as the truth from now on. Fails unless it is what the last write, or the one under way, made. */
  settle(what: string, stored: number | undefined): void {
    const possible = [this.acknowledged, this.sent];
    const found = possible.find((version) => (Versions.deletes(version) ? undefined : version) === stored);
    if (found === undefined) {
      throw new Error(`${what}: version ${stored} is stored; ${this.acknowledged} was acknowledged, ${this.sent} sent`);
    }
    this.acknowledged = this.sent = found;
  }
}

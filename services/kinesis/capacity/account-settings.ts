import type { KeyPart, Storage, Table } from "../../../emulator/storage/storage.ts";
import { HOUR_MS } from "../model.ts";

/** For how long an account commits itself at least. */
const COMMITMENT_MS = 24 * HOUR_MS;

/** A billing commitment of the account: with it, its on-demand streams have warm throughput. Nothing is billed here. */
interface Commitment {
  readonly startedAt: number;
  /** When it ends, or has ended. */
  readonly endsAt?: number;
}

/** What an account has set for all of its streams in a region. */
export class AccountSettings {
  readonly #table: Table<Commitment>;
  readonly #key: readonly KeyPart[];
  readonly #now: () => number;

  constructor(storage: Storage, scope: readonly [account: string, region: string], now: () => number) {
    this.#table = storage.table("kinesis/commitments");
    this.#key = scope;
    this.#now = now;
  }

  get isCommitted(): boolean {
    return this.describe().Status !== "DISABLED";
  }

  /** Takes back an end that is to come, too. */
  commit(): void {
    const startedAt = this.isCommitted ? this.#commitment?.startedAt : undefined;
    this.#table.put([...this.#key], { startedAt: startedAt ?? this.#now() });
  }

  /** Ends it now, or when the least time is over. */
  end(): void {
    const { startedAt } = this.#commitment ?? {};
    if (startedAt === undefined || !this.isCommitted) return;
    this.#table.put([...this.#key], { startedAt, endsAt: Math.max(this.#now(), startedAt + COMMITMENT_MS) });
  }

  describe() {
    const commitment = this.#commitment;
    if (!commitment) return { Status: "DISABLED" as const };
    const { startedAt, endsAt } = commitment;
    const hasEnded = endsAt !== undefined && endsAt <= this.#now();
    return {
      Status: hasEnded
        ? ("DISABLED" as const)
        : endsAt === undefined
          ? ("ENABLED" as const)
          : ("ENABLED_UNTIL_EARLIEST_ALLOWED_END" as const),
      StartedAt: new Date(startedAt),
      EarliestAllowedEndAt: new Date(startedAt + COMMITMENT_MS),
      ...(hasEnded && { EndedAt: new Date(endsAt) }),
    };
  }

  get #commitment(): Commitment | undefined {
    return this.#table.get([...this.#key]);
  }
}

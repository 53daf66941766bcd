import { afterAll, beforeAll } from "@jest/globals";
import type { ManualClock } from "../../emulator/index.ts";
import { Account } from "./account.ts";
import type { Profiles } from "./configuration.ts";

export interface AccountOptions {
  /** Steps the account's time: sessions end by it. */
  readonly clock?: ManualClock;
  /** Of ~/.aws/config, beside the usual one. */
  readonly profiles?: Profiles;
}

/** An account that is there before the tests of a file, and gone behind them. */
export function useAccount({ clock, profiles }: AccountOptions = {}): Account {
  const account = new Account(profiles);
  beforeAll(() => account.open(clock));
  afterAll(() => account.close());
  return account;
}

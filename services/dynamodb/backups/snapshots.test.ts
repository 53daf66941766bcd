import { ManualClock } from "../../../emulator/runtime/scheduler.ts";
import { itemKey } from "../item-keys.ts";
import { sized, spaceRange } from "../item-store.ts";
import type { Table } from "../model.ts";
import { StoreFixture } from "../store-fixture.ts";
import { itemsOf } from "./backups.ts";
import type { Snapshot } from "./model.ts";
import { beginSnapshot } from "./snapshots.ts";

/** Every look at it is a millisecond later, when it is said to run. */
class RunningClock extends ManualClock {
  isRunning = false;
  #passedMs = 0;

  override now(): number {
    return super.now() + (this.isRunning ? this.#passedMs++ : this.#passedMs);
  }
}

const clock = new RunningClock();
const fixture = new StoreFixture(clock);
const store = fixture.open();
let table: Table;
beforeAll(() => {
  const made = fixture.table(store);
  store.putTable(made);
  table = store.recoveries.enable(made, 35);
});

const item = (name: string, n: number) => ({ pk: { S: name }, n: { N: String(n) } });

/** Gives items a number, in one transaction. */
const put = (names: readonly string[], n: number): void =>
  store.write(() => {
    for (const name of names) {
      const next = item(name, n);
      const key = itemKey(table, next);
      store.items.replace(table, key, store.items.get(key), sized(next));
    }
  });

/** The items of a snapshot that has begun, after something else has been done in the middle of it. */
function taken(begun: Snapshot, meanwhile: () => void = () => {}): unknown[] {
  const space = store.allocateSpace();
  let snapshot: Snapshot | undefined = begun;
  while (snapshot !== undefined) {
    const current: Snapshot = snapshot;
    snapshot = store.write(() => store.snapshots.advance(current, itemsOf(table, space)));
    meanwhile();
  }
  return [...store.items.read(spaceRange(space))].map((stored) => stored.item["n"]);
}

describe("a state of a table", () => {
  it("has all of a transaction or nothing, however long it took", () => {
    put(["a", "b", "c"], 1);
    clock.isRunning = true;
    const before = clock.now();
    put(["a", "b", "c"], 2);
    const after = clock.now();
    clock.isRunning = false;
    const log = table.recovery?.log;
    for (let at = before + 1; at <= after; at++) {
      const states = new Set(taken(beginSnapshot(table.space, log, at)).map((n) => JSON.stringify(n)));
      expect([at, states.size]).toEqual([at, 1]);
    }
  });

  it("of the present has nothing of what is written later, in the same millisecond", () => {
    put(["a", "b", "c"], 3);
    const log = table.recovery!.log;
    const begun = beginSnapshot(table.space, log, store.changes.end(log));
    put(["a"], 4);
    expect(taken(begun, () => put(["b", "c"], 5))).toEqual([{ N: "3" }, { N: "3" }, { N: "3" }]);
  });
});

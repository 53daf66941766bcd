import { ManualClock } from "../../emulator/runtime/scheduler.ts";
import { itemKey } from "./item-keys.ts";
import { sized } from "./item-store.ts";
import type { Table } from "./model.ts";
import { StoreFixture } from "./store-fixture.ts";
import type { DynamoDbStore } from "./store.ts";

const ITEMS = 2_500;
const fixture = new StoreFixture(new ManualClock());
const { clock, storage } = fixture;

const kept = (name: string) =>
  [...storage.table(`dynamodb/${name}`, { keys: "binary", values: "binary" }).keys()].length;

function filledTable(store: DynamoDbStore): Table {
  const table = fixture.table(store, [
    {
      name: "index",
      kind: "global",
      keys: { partition: [{ name: "pk", type: "S" }], sort: [] },
      projection: { type: "KEYS_ONLY" },
      space: store.allocateSpace(),
      status: "ACTIVE",
    },
  ]);
  store.write(() => {
    store.putTable(table);
    for (let i = 0; i < ITEMS; i++) {
      const item = { pk: { S: `item-${i}` } };
      store.items.replace(table, itemKey(table, item), undefined, sized(item));
    }
  });
  return table;
}

describe("a deleted table", () => {
  it("leaves nothing on the disk, by pieces, also when a restart comes between them", async () => {
    const store = fixture.open();
    const table = filledTable(store);
    expect([kept("items"), kept("counts")]).toEqual([2 * ITEMS, 2]);
    store.putTable({ ...table, status: "DELETING" });
    store.lifecycle.begin(table.name);
    await clock.advance(1);
    expect(store.findTable(table.name)).toBeUndefined();
    expect([kept("items"), kept("counts")]).toEqual([0, 0]);

    const again = filledTable(fixture.open());
    fixture.open().putTable({ ...again, status: "DELETING" });
    clock.stop(); // what was planned is lost with the process
    const restarted = fixture.open();
    expect(restarted.findTable(again.name)).toBeUndefined();
    expect(kept("items")).toBe(2 * ITEMS);
    await clock.advance(1);
    expect([kept("items"), kept("counts")]).toEqual([0, 0]);
  });
});

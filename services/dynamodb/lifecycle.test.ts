import type { Host } from "../../emulator/model/context.ts";
import { randomIds } from "../../emulator/runtime/ids.ts";
import { ManualClock } from "../../emulator/runtime/scheduler.ts";
import { Storage } from "../../emulator/storage/storage.ts";
import { itemKey } from "./item-keys.ts";
import { sized } from "./item-store.ts";
import type { Table } from "./model.ts";
import { DynamoDbStore } from "./store.ts";

const ITEMS = 2_500;
const clock = new ManualClock();
const storage = new Storage();
const open = () =>
  new DynamoDbStore({ storage, clock, scheduler: clock, ids: randomIds } as unknown as Host, {
    account: "000000000000",
    region: "us-east-1",
  });
afterAll(() => storage.close());

const kept = (name: string) =>
  [...storage.table(`dynamodb/${name}`, { keys: "binary", values: "binary" }).keys()].length;

function filledTable(store: DynamoDbStore): Table {
  const key = { name: "pk", type: "S" } as const;
  const table: Table = {
    name: "table",
    arn: "arn:aws:dynamodb:us-east-1:000000000000:table/table",
    id: randomIds.uuid(),
    space: store.allocateSpace(),
    status: "ACTIVE",
    attributeTypes: { pk: "S" },
    keys: { partition: key },
    indexes: [
      {
        name: "index",
        kind: "global",
        keys: { partition: key },
        projection: { type: "KEYS_ONLY" },
        space: store.allocateSpace(),
        status: "ACTIVE",
      },
    ],
    billingMode: "PAY_PER_REQUEST",
    billingModeSet: true,
    throughput: { readUnits: 0, writeUnits: 0, decreasesToday: 0 },
    deletionProtection: false,
    createdAt: clock.now(),
    tags: {},
  };
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
    const store = open();
    const table = filledTable(store);
    expect([kept("items"), kept("counts")]).toEqual([2 * ITEMS, 2]);
    store.putTable({ ...table, status: "DELETING" });
    store.lifecycle.begin(table.name);
    await clock.advance(1);
    expect(store.findTable(table.name)).toBeUndefined();
    expect([kept("items"), kept("counts")]).toEqual([0, 0]);

    const again = filledTable(open());
    open().putTable({ ...again, status: "DELETING" });
    clock.stop(); // what was planned is lost with the process
    const restarted = open();
    expect(restarted.findTable(again.name)).toBeUndefined();
    expect(kept("items")).toBe(2 * ITEMS);
    await clock.advance(1);
    expect([kept("items"), kept("counts")]).toEqual([0, 0]);
  });
});

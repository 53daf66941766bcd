import type { Host } from "../../../emulator/model/context.ts";
import { randomIds } from "../../../emulator/runtime/ids.ts";
import { ManualClock, type Timer } from "../../../emulator/runtime/scheduler.ts";
import { Storage } from "../../../emulator/storage/storage.ts";
import type { Table } from "../model.ts";
import { DynamoDbStore } from "../store.ts";
import { RETENTION_MS } from "./model.ts";

/** Its long timers fire a little before their time, as Node's may. */
class EarlyClock extends ManualClock {
  override after(delayMs: number, task: () => void | Promise<void>): Timer {
    return super.after(delayMs > 1_000 ? delayMs - 5 : delayMs, task);
  }
}

const clock = new EarlyClock();
const storage = new Storage();
const signals = { notify: () => {} };
const store = new DynamoDbStore({ storage, clock, scheduler: clock, ids: randomIds, signals } as unknown as Host, {
  account: "000000000000",
  region: "us-east-1",
});
afterAll(() => storage.close());

const table: Table = {
  name: "table",
  arn: "arn:aws:dynamodb:us-east-1:000000000000:table/table",
  id: randomIds.uuid(),
  space: store.allocateSpace(),
  status: "ACTIVE",
  attributeTypes: { pk: "S" },
  keys: { partition: { name: "pk", type: "S" } },
  indexes: [],
  billingMode: "PAY_PER_REQUEST",
  billingModeSet: true,
  throughput: { readUnits: 0, writeUnits: 0, decreasesToday: 0 },
  deletionProtection: false,
  createdAt: clock.now(),
  tags: {},
};

describe("a stream that was disabled", () => {
  const kept = () => [...storage.table("dynamodb/streams").keys()].length;

  it("is removed after a day, also when the timer for that fires too early", async () => {
    store.write(() => {
      const stream = store.streams.enable(table, "KEYS_ONLY");
      store.streams.disable({ ...table, stream }, "DISABLED");
    });
    await clock.advance(RETENTION_MS - 1);
    expect(kept()).toBe(1);
    await clock.advance(1);
    expect(kept()).toBe(0);
  });
});

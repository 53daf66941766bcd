import { ManualClock, type Timer } from "../../../emulator/runtime/scheduler.ts";
import { StoreFixture } from "../store-fixture.ts";
import { RETENTION_MS } from "./model.ts";

/** Its long timers fire a little before their time, as Node's may. */
class EarlyClock extends ManualClock {
  override after(delayMs: number, task: () => void | Promise<void>): Timer {
    return super.after(delayMs > 1_000 ? delayMs - 5 : delayMs, task);
  }
}

const fixture = new StoreFixture(new EarlyClock());
const { clock, storage } = fixture;
const store = fixture.open();
const table = fixture.table(store);

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

import { ManualClock, type Timer } from "../../../emulator/runtime/scheduler.ts";
import { StoreFixture } from "../store-fixture.ts";
import { RETENTION_MS, streamArn } from "./model.ts";

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

  it("is removed after a day with its policy, also when the timer for that fires too early", async () => {
    const arn = store.write(() => {
      const stream = store.streams.enable(table, "KEYS_ONLY");
      store.streams.disable({ ...table, stream }, "DISABLED");
      return streamArn(table.arn, stream.label);
    });
    store.policies.put(arn, { document: "{}", revisionId: "1" });
    await clock.advance(RETENTION_MS - 1);
    expect([kept(), store.policies.get(arn)?.revisionId]).toEqual([1, "1"]);
    await clock.advance(1);
    expect([kept(), store.policies.get(arn)]).toEqual([0, undefined]);
  });
});

import type { Host } from "../../emulator/model/context.ts";
import { randomIds } from "../../emulator/runtime/ids.ts";
import type { ManualClock } from "../../emulator/runtime/scheduler.ts";
import { Storage } from "../../emulator/storage/storage.ts";
import type { Table } from "./model.ts";
import { DynamoDbStore } from "./store.ts";

/** A store alone, on storage of its own, in a time that tests step. It is closed behind the tests of the file. */
export class StoreFixture<C extends ManualClock = ManualClock> {
  readonly clock: C;
  readonly storage = new Storage();

  constructor(clock: C) {
    this.clock = clock;
    afterAll(() => this.storage.close());
  }

  /** Again, as after a restart. */
  open(): DynamoDbStore {
    const { storage, clock } = this;
    const host = { storage, clock, scheduler: clock, ids: randomIds, signals: { notify: () => {} } };
    return new DynamoDbStore(host as unknown as Host, { account: "000000000000", region: "us-east-1" });
  }

  /** A table with the key `pk`, which is not put yet. */
  table(store: DynamoDbStore, indexes: Table["indexes"] = []): Table {
    return {
      name: "table",
      arn: "arn:aws:dynamodb:us-east-1:000000000000:table/table",
      id: randomIds.uuid(),
      space: store.allocateSpace(),
      status: "ACTIVE",
      attributeTypes: { pk: "S" },
      keys: { partition: [{ name: "pk", type: "S" }], sort: [] },
      indexes,
      billingMode: "PAY_PER_REQUEST",
      billingModeSet: true,
      throughput: { readUnits: 0, writeUnits: 0, decreasesToday: 0 },
      deletionProtection: false,
      createdAt: this.clock.now(),
      tags: {},
    };
  }
}

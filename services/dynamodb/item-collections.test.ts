import type { Context } from "../../emulator/model/context.ts";
import { ManualClock } from "../../emulator/runtime/scheduler.ts";
import type { Item } from "./attribute-value.ts";
import { collectionMetrics } from "./collection-growth.ts";
import type { DynamoDbState } from "./index.ts";
import { ItemCollections, prefixOf } from "./item-collections.ts";
import { itemKey } from "./item-keys.ts";
import { sized } from "./item-store.ts";
import type { Index, Table } from "./model.ts";
import { StoreFixture } from "./store-fixture.ts";
import { locateAction, parseAction } from "./transact-action.ts";
import { writeTransaction } from "./transact-write.ts";
import { writeItem } from "./write-item.ts";

const fixture = new StoreFixture(new ManualClock());
const store = fixture.open();
const MOST_BYTES = 10 * 1024 ** 3;
const COUNTS = { keys: "binary", values: "binary" } as const;

const local = (name: string, projection: Index["projection"]): Index => ({
  name,
  kind: "local",
  keys: { partition: [{ name: "pk", type: "S" }], sort: [{ name, type: "S" }] },
  projection,
  space: store.allocateSpace(),
  status: "ACTIVE",
});
const table: Table = {
  ...fixture.table(store, [local("a", { type: "ALL" }), local("b", { type: "KEYS_ONLY" })]),
  keys: { partition: [{ name: "pk", type: "S" }], sort: [{ name: "sk", type: "S" }] },
};
store.putTable(table);

/** `pk` and `sk` have a letter each: 6 bytes, and whatever else the item has. */
const item = (pk: string, sk: string, rest: Item = {}): Item => ({ pk: { S: pk }, sk: { S: sk }, ...rest });
const keyOf = (pk: string, sk = "1") => itemKey(table, item(pk, sk));
const put = (next: Item) => writeItem(store, table, { place: itemKey(table, next) }, () => sized(next));
const remove = (pk: string, sk: string) => writeItem(store, table, { place: keyOf(pk, sk) }, () => undefined);
const bytesOf = (pk: string) => store.items.collections.bytes(table, keyOf(pk));

/** As if the collection had so much, without it. */
const pretend = (pk: string, bytes: number) => store.write(() => store.items.collections.keep(keyOf(pk), bytes));

describe("the size of an item collection", () => {
  it("is that of its items and of their entries in the local indexes", async () => {
    await put(item("x", "1"));
    await put(item("y", "1"));
    expect(bytesOf("x")).toBe(6);
    // 3 bytes more, twice: in the index that has all of the item, too
    await put(item("x", "1", { a: { S: "12" } }));
    expect(bytesOf("x")).toBe(9 + 9);
    // of `b` the keys are kept, 9 bytes
    await put(item("x", "2", { b: { S: "12" }, c: { S: "1234" } }));
    expect(bytesOf("x")).toBe(18 + 14 + 9);
    await put(item("x", "2", { c: { S: "1234" } }));
    expect(bytesOf("x")).toBe(18 + 11);
    await remove("x", "1");
    await remove("x", "2");
    expect([bytesOf("x"), bytesOf("y")]).toEqual([0, 6]);
  });

  it("is measured where an earlier version has kept none, and goes on from there", async () => {
    await put(item("old", "1", { a: { S: "1" } }));
    await put(item("old", "2"));
    const bytes = bytesOf("old");
    pretend("old", 0); // nothing is kept of it
    expect(bytesOf("old")).toBe(bytes);
    pretend("old", 0);
    await put(item("old", "3"));
    expect(bytesOf("old")).toBe(bytes + 8);
    await remove("old", "3");
    expect(bytesOf("old")).toBe(bytes);
  });

  it("is measured once, also when the first write leaves it as large as it was", async () => {
    const isKept = () => fixture.storage.table("dynamodb/counts", COUNTS).get(prefixOf(keyOf("same"))) !== undefined;
    await put(item("same", "1", { a: { S: "1" } }));
    await put(item("same", "2"));
    const bytes = bytesOf("same");
    pretend("same", 0); // nothing is kept of it
    await put(item("same", "1", { a: { S: "2" } }));
    expect([isKept(), bytesOf("same")]).toEqual([true, bytes]);
    pretend("same", 0);
    await remove("same", "absent");
    expect([isKept(), bytesOf("same")]).toEqual([true, bytes]);
  });

  it("is told between whole gigabytes", async () => {
    pretend("large", 2.5 * 1024 ** 3);
    expect(collectionMetrics(store, table, item("large", "1"), "SIZE")).toEqual({
      ItemCollectionKey: { pk: { S: "large" } },
      SizeEstimateRangeGB: [2, 3],
    });
  });

  it("goes with its table", async () => {
    const other = { ...fixture.table(store, [local("a", { type: "ALL" })]), name: "other" };
    const key = itemKey(other, { pk: { S: "a" } });
    store.write(() => store.items.replace(other, key, undefined, sized({ pk: { S: "a" } })));
    expect(store.items.collections.bytes(other, key)).toBe(3);
    expect(store.items.purge(other.space, 1)).toBe(true);
    expect(store.items.purge(other.space, 1)).toBe(true);
    expect(store.items.purge(other.space, 1)).toBe(false);
    expect(store.items.collections.bytes(other, key)).toBe(0);
  });
});

describe("an item collection that is full", () => {
  const tooLarge = { name: "ItemCollectionSizeLimitExceededException", message: "Collection size exceeded" };

  it("takes what fits into it, and what makes it smaller", () => {
    const collections = new ItemCollections(
      fixture.storage.table("dynamodb/items", { keys: "binary", values: "string" }),
      fixture.storage.table("dynamodb/counts", COUNTS),
      100,
    );
    pretend("small", 90);
    expect(collections.hasRoom(table, keyOf("small"), 10)).toBe(true);
    expect(collections.hasRoom(table, keyOf("small"), 11)).toBe(false);
    pretend("small", 200);
    expect(collections.hasRoom(table, keyOf("small"), -1)).toBe(true);
  });

  it("refuses items that are added, or grow", async () => {
    await put(item("full", "1", { c: { S: "12" } }));
    pretend("full", MOST_BYTES - 20);
    await put(item("full", "2", { c: { S: "12" } }));
    pretend("full", MOST_BYTES);
    await expect(async () => put(item("full", "3"))).rejects.toMatchObject(tooLarge);
    await expect(async () => put(item("full", "1", { c: { S: "123" } }))).rejects.toMatchObject(tooLarge);
    expect(store.items.get(keyOf("full", "3"))).toBeUndefined();
    await put(item("full", "1", { c: { S: "1" } }));
    await put(item("elsewhere", "1"));
    expect([bytesOf("full"), bytesOf("elsewhere")]).toEqual([MOST_BYTES - 1, 14]);
  });

  it("cancels transactions that need more room than it has, together", async () => {
    const ctx = { store, clock: fixture.clock } as unknown as Context<DynamoDbState>;
    const transact = (...items: Item[]) => {
      const actions = items.map((Item) => parseAction({ Put: { TableName: table.name, Item: Item as never } }));
      const locate = () => actions.map((action) => locateAction(store, action));
      return writeTransaction(ctx, { locate, token: undefined, request: {} });
    };
    pretend("pair", MOST_BYTES - 18);
    await expect(async () => transact(item("free", "1"), item("pair", "1"), item("pair", "22"))).rejects.toMatchObject({
      name: "TransactionCanceledException",
      fields: {
        CancellationReasons: [
          { Code: "None" },
          { Code: "None" },
          { Code: "ItemCollectionSizeLimitExceeded", Message: "Collection size exceeded" },
        ],
      },
    });
    await transact(item("pair", "1"));
    expect([bytesOf("pair"), bytesOf("free")]).toEqual([MOST_BYTES - 9, 0]);
  });
});

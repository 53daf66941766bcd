import { Storage, type Table } from "./storage.ts";

let storage: Storage;
let table: Table<string>;

beforeEach(() => {
  storage = new Storage();
  table = storage.table("test");
});

afterEach(() => storage.close());

const put = (key: string) => storage.together(() => table.put([key], key));
const keys = () => [...table.keys()].map(([key]) => key);

describe("work that is done together", () => {
  it("is kept when other work of the same turn finds that it may not be done", async () => {
    const refused = storage.together(() => {
      throw new Error("the condition does not hold");
    });
    const outcomes = await Promise.allSettled([put("a"), refused, put("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(keys()).toEqual(["a", "b"]);
  });

  it("sees the writes of the work before it", async () => {
    const [, seen] = await Promise.all([put("a"), storage.together(() => table.get(["a"]))]);
    expect(seen).toBe("a");
  });

  it("is refused and taken back when other work fails after it has written", async () => {
    const torn = storage.together(() => {
      table.put(["torn"], "half of it");
      throw new Error("no space left");
    });
    const outcomes = await Promise.allSettled([put("a"), torn, put("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(keys()).toEqual([]);
  });
});

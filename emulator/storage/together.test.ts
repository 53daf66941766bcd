import type { Durability } from "./durability.ts";
import { Storage, type Table } from "./storage.ts";

let storage: Storage;
let table: Table<string>;

const DURABILITIES: readonly Durability[] = ["process", "power"];

function open(durability?: Durability): void {
  storage = new Storage(durability && { durability });
  table = storage.table("test");
}

beforeEach(() => open());

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

  it.each(DURABILITIES)("is kept when other work fails after it has written: %s", async (durability) => {
    await storage.close();
    open(durability);
    const torn = storage.together(() => {
      table.put(["torn"], "half of it");
      throw new Error("no space left");
    });
    const outcomes = await Promise.allSettled([put("a"), torn, put("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(keys()).toEqual(["a", "b"]);
  });

  it("is taken back when it fails after it has written, and run once where it was by itself", async () => {
    let runs = 0;
    const torn = storage.together(() => {
      runs++;
      table.put(["torn"], "half of it");
      throw new Error("no space left");
    });
    await expect(torn).rejects.toThrow("no space left");
    expect([runs, keys()]).toEqual([1, []]);
  });
});

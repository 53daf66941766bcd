import { createHash } from "node:crypto";
import { HashThreads, type HashName } from "./hash-threads.ts";

let threads: HashThreads;

beforeEach(() => {
  threads = new HashThreads();
});

afterEach(() => threads.stop());

const piece = (text: string) => Buffer.from(new SharedArrayBuffer(text.length)).fill(text);

describe("a digest that a thread computes", () => {
  it("is that of all pieces, by each algorithm", async () => {
    const hash = threads.start(["md5", "sha256"]);
    await hash.update(piece("one"));
    await hash.update(piece("two"));
    const expected = ["md5", "sha256"].map((name) => createHash(name).update("onetwo").digest());
    expect(await hash.digest()).toEqual(expected);
  });

  it("is refused from when the threads are stopped", async () => {
    const hash = threads.start(["md5"]);
    await hash.update(piece("one"));
    await threads.stop();
    await expect(hash.update(piece("two"))).rejects.toThrow("the thread was stopped");
    await expect(hash.digest()).rejects.toThrow("the thread was stopped");
  });

  it("is refused for good when its thread fails, and others get a new thread", async () => {
    const hash = threads.start(["none" as HashName]);
    await expect(hash.update(piece("one"))).rejects.toThrow("Digest method not supported");
    await expect(hash.update(piece("two"))).rejects.toThrow("Digest method not supported");
    const other = threads.start(["md5"]);
    await other.update(piece("one"));
    expect(await other.digest()).toEqual([createHash("md5").update("one").digest()]);
  });
});

import { describe, expect, it } from "@jest/globals";
import { childPosition, firstPositions, type ListedShard, readableShards } from "./lineage.ts";
import type { Position } from "./model.ts";

const shard = (shardId: string, parents: readonly string[] = [], isClosed = false): ListedShard => ({
  shardId,
  parents,
  isClosed,
});
/** a was split into b and c, which were merged into d. */
const family = [shard("a", [], true), shard("b", ["a"], true), shard("c", ["a"], true), shard("d", ["b", "c"])];
const finished: Position = { kind: "finished" };

describe("readableShards", () => {
  it("begins with the oldest", () => {
    expect(readableShards(family, new Map())).toEqual(["a"]);
  });

  it("reads both children after their parent", () => {
    expect(readableShards(family, new Map([["a", finished]]))).toEqual(["b", "c"]);
  });

  it("waits for both parents of a merge", () => {
    const one = new Map([
      ["a", finished],
      ["b", finished],
    ] as const);
    expect(readableShards(family, one)).toEqual(["c"]);
    expect(readableShards(family, new Map([...one, ["c", finished]]))).toEqual(["d"]);
  });

  it("does not wait for a parent that is gone from the stream", () => {
    expect(readableShards([shard("b", ["a"])], new Map())).toEqual(["b"]);
  });
});

describe("firstPositions", () => {
  it("skips what was closed before LATEST", () => {
    expect([...firstPositions(family, "LATEST", 0, 5).values()].map(({ kind }) => kind)).toEqual([
      "finished",
      "finished",
      "finished",
      "latest",
    ]);
  });

  it("reads all of the stream from TRIM_HORIZON", () => {
    const kinds = [...firstPositions(family, "TRIM_HORIZON", 0, 5).values()].map(({ kind }) => kind);
    expect(kinds).toEqual(["horizon", "horizon", "horizon", "horizon"]);
  });

  it("reads every shard from AT_TIMESTAMP on, closed ones too", () => {
    expect(firstPositions(family, "AT_TIMESTAMP", 3, 5).get("a")).toEqual({ kind: "timestamp", atMs: 3 });
  });
});

describe("childPosition", () => {
  it("reads shards of a later reshard from their beginning, also with LATEST", () => {
    expect(childPosition("LATEST", 0)).toEqual({ kind: "horizon" });
    expect(childPosition("AT_TIMESTAMP", 3)).toEqual({ kind: "timestamp", atMs: 3 });
  });
});

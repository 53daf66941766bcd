import { describe, expect, it } from "@jest/globals";
import { tableLines } from "./table.ts";

describe("tableLines", () => {
  it("makes columns as wide as their widest cell, with numbers to the right", () => {
    expect(
      tableLines(
        ["County", "Count"],
        [
          ["Delaware", 7],
          ["Essex", 12],
        ],
      ),
    ).toEqual(["County    Count", "--------  -----", "Delaware      7", "Essex        12"]);
  });
});

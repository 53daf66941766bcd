import { describe, expect, it } from "@jest/globals";
import { counted, printable } from "./text.ts";

describe("counted", () => {
  it("takes the singular for one alone", () => {
    expect([0, 1, 2].map((count) => counted(count, "row"))).toEqual(["0 rows", "1 row", "2 rows"]);
    expect(counted(2, "batch", "batches")).toBe("2 batches");
  });
});

describe("printable", () => {
  it("writes control characters out, and nothing else", () => {
    expect(printable("Caf\u00e9 \u001b[31m\u0000\u009b")).toBe("Caf\u00e9 \\x1b[31m\\x00\\x9b");
  });
});

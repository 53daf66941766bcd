import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type Limit, LIMITS } from "./limits.ts";

const README = readFileSync(join(import.meta.dirname, "README.md"), "utf8");

describe("localstack/README.md", () => {
  it("has the limits of the table, in its words and order", () => {
    const rows = Object.values<Limit>(LIMITS).map(({ aws, localstack }) => `| ${aws} | ${localstack} |`);
    const [, table = ""] = README.split(/^\|---\|---\|$/m);
    const found = table.trim().split(/\n\n/)[0]?.split("\n");
    expect(found).toEqual(rows);
  });
});

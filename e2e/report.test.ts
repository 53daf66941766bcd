import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Report } from "./report.ts";

const DECLARED = [["no-wings", { on: ["localstack"], what: "It flies.", reason: "It walks." }]] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-report-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A report of a run with these tests in one suite. */
function reportOf(tests: Readonly<Record<string, "passed" | "failed" | "pending">>): Report {
  const assertionResults = Object.entries(tests).map(([fullName, status]) => ({ fullName, status }));
  const count = (wanted: string) => assertionResults.filter(({ status }) => status === wanted).length;
  const status = count("failed") > 0 ? "failed" : "passed";
  const suite = { name: "/here/e2e/birds.test.ts", status, startTime: 1000, endTime: 4000, assertionResults };
  const results = { numPassedTests: count("passed"), numFailedTests: count("failed"), testResults: [suite] };
  const file = join(folder, "results.json");
  writeFileSync(file, JSON.stringify(results));
  return Report.read(file);
}

describe("Report", () => {
  it("tells the time of each suite, and the tests that are left out by the difference behind them", () => {
    const report = reportOf({ "birds sing": "passed", "birds fly [no-wings]": "pending" });
    expect(report.counts).toBe("1 passed, 0 failed, 1 skipped");
    expect(report.lines(DECLARED)).toEqual([
      "  birds     passed, 3 s",
      "what is not done as AWS does it:",
      "  no-wings: It flies.",
      "    Here: It walks.",
      "    not asked: birds fly",
    ]);
    expect(report.problems(DECLARED)).toEqual([]);
  });

  it.each([
    ["a test failed", { "birds fly [no-wings]": "pending", "birds sing": "failed" }, /^failed: .*birds/],
    ["a test is skipped without a reason", { "birds fly [no-wings]": "pending", "birds sing": "pending" }, /^skipped/],
    ["a test is skipped for a reason that is not declared", { "birds fly [no-legs]": "pending" }, /^skipped/],
    ["no test is left out for a declared difference", { "birds sing": "passed" }, /^declared .*: no-wings$/],
  ] as const)("has a problem where %s", (_, tests, problem) => {
    expect(reportOf(tests).problems(DECLARED)[0]).toMatch(problem);
  });

  it("has a problem where the tests did not end", () => {
    const report = Report.read(join(folder, "none.json"));
    expect([report.counts, report.problems(DECLARED)]).toEqual(["the tests did not end", ["the tests did not end"]]);
  });
});

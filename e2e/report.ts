import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Difference } from "./targets/differences.ts";

/** What Jest writes with --json, as far as it is read here. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    /** "focused" where tests were skipped. */
    readonly status: "passed" | "failed" | "focused";
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

type Declared = readonly (readonly [id: string, difference: Difference])[];

/** The id that `itUnless` puts behind the title of a test that it leaves out. */
const DIFFERENCE = / \[([a-z0-9-]+)\]$/;

/** What became of a run of the suites on a target. */
export class Report {
  readonly #results: Results | undefined;
  readonly #skipped: readonly string[];

  private constructor(results: Results | undefined) {
    this.#results = results;
    this.#skipped =
      results?.testResults.flatMap(({ assertionResults: tests }) =>
        tests.filter(({ status }) => status === "pending").map(({ fullName }) => fullName),
      ) ?? [];
  }

  static read(file: string): Report {
    // there is none where the tests were ended from outside
    return new Report(existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : undefined);
  }

  get counts(): string {
    if (!this.#results) return "the tests did not end";
    const { numPassedTests: passed, numFailedTests: failed } = this.#results;
    return `${passed} passed, ${failed} failed, ${this.#skipped.length} skipped`;
  }

  /** The time of each suite, and the tests that were left out with the difference between the target and AWS that is behind it. */
  lines(declared: Declared): string[] {
    if (!this.#results) return [];
    const suites = this.#results.testResults.map(
      ({ name, status, startTime, endTime }) =>
        `  ${basename(name, ".test.ts").padEnd(9)} ${status === "failed" ? "failed" : "passed"}, ${((endTime - startTime) / 1000).toFixed(0)} s`,
    );
    const differences = declared.flatMap(([id, { what, reason }]) => [
      `  ${id}: ${what}`,
      `    Here: ${reason}`,
      ...this.#skippedFor(id).map((title) => `    not asked: ${title.replace(DIFFERENCE, "")}`),
    ]);
    return [...suites, ...(differences.length > 0 ? ["what is not done as AWS does it:", ...differences] : [])];
  }

  /** Why the run does not count as passed; none when it does. */
  problems(declared: Declared): string[] {
    if (!this.#results) return ["the tests did not end"];
    const failed = this.#results.testResults.filter(({ status }) => status === "failed");
    const ids = new Set(declared.map(([id]) => id));
    return [
      ...failed.map(({ name }) => `failed: ${name}`),
      ...this.#skipped
        .filter((title) => !ids.has(DIFFERENCE.exec(title)?.[1] ?? ""))
        .map((title) => `skipped without a reason: ${title}`),
      ...[...ids]
        .filter((id) => this.#skippedFor(id).length === 0)
        .map((id) => `declared as a difference, but every test asks for it: ${id}`),
    ];
  }

  #skippedFor(id: string): string[] {
    return this.#skipped.filter((title) => title.endsWith(`[${id}]`));
  }
}

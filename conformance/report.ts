import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/localstack-conformance.md");
/** Of what was expected and of what was seen, in the table. */
const MOST_CHARACTERS = 160;

/** What Jest writes with --json, as far as it is read here. */
export interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: "passed" | "failed" | "pending";
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** A line of the environment's file of skips. */
export interface Skip {
  readonly file: string;
  readonly reason: string;
}

type Test = Results["testResults"][number]["assertionResults"][number];

const count = (tests: readonly Test[], status: Test["status"]): number =>
  tests.filter((test) => test.status === status).length;

export function countsOf({ testResults }: Results): string {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return `${count(tests, "passed")} passed, ${count(tests, "failed")} failed, ${count(tests, "pending")} skipped`;
}

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)} ...`;
};

const cell = (text: string): string =>
  text === "" ? "" : `\`${shortened(text).replaceAll("`", "'").replaceAll("|", "\\|")}\``;

/** What a failed test expected, and what it saw: by the message of its matcher, or by the error that ended it. */
function seen({ failureMessages: [message = ""] = [] }: Test): { aws: string; here: string } {
  const lines = stripVTControlCharacters(message).split("\n    at ")[0]!.split("\n");
  const after = (label: RegExp) => lines.flatMap((line) => label.exec(line)?.[1] ?? []).join(" ");
  const expected = after(/^\s*Expected(?: [a-z]+)?: +(.+)$/) || after(/^\s*- (?!Expected\b)(.+)$/);
  const received = after(/^\s*Received(?: [a-z]+)?: +(.+)$/) || after(/^\s*\+ (?!Received\b)(.+)$/);
  if (expected === "" && received === "") return { aws: "", here: lines.join(" ").replace(/^Error: /, "") };
  return { aws: expected, here: received };
}

function tableOf(service: string, testResults: Results["testResults"]): string {
  const rows = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map((test) => {
        const { aws, here } = seen(test);
        const statement = [...test.ancestorTitles, test.title].join(": ").replaceAll("|", "\\|").replaceAll("\n", " ");
        const file = relative(join(ROOT, "conformance", service), name).replace(".test.ts", "");
        return `| ${file} | ${shortened(statement)} | ${cell(aws)} | ${cell(here)} |`;
      }),
  );
  return ["| Suite | Statement | Expected | LocalStack |", "|---|---|---|---|", ...rows].join("\n");
}

function reasonsOf(skips: readonly Skip[]): string {
  const reasons = new Map<string, number>();
  for (const { reason } of skips) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [...reasons]
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, tests]) => `- ${tests}: the test ${reason}`)
    .join("\n");
}

/** Writes what a run saw on LocalStack into docs/. */
export function writePage({ testResults }: Results, skips: readonly Skip[]): void {
  const suites = testResults.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const of = (service: string) => suites.filter(({ name }) => name.includes(`/conformance/${service}/`));
  const services = [
    ["DynamoDB", "dynamodb"],
    ["S3", "s3"],
  ] as const;
  const counts = services.map(([title, service]) => {
    const tests = of(service).flatMap(({ assertionResults }) => assertionResults);
    return `| ${title} | ${count(tests, "passed")} | ${count(tests, "failed")} | ${count(tests, "pending")} |`;
  });
  const tables = services.map(([title, service]) => `## ${title}\n\n${tableOf(service, of(service))}\n`);
  writeFileSync(
    PAGE,
    `# The conformance suites on LocalStack 4.14.0

Written by \`make conformance TARGET=localstack\`, which runs [conformance/](../conformance) on \`localstack/localstack:4.14.0\` as it is in
[localstack/](../localstack/README.md). Each statement is a test, whose expectation is what AWS's documentation says or what AWS was seen to do; on
Headwater's own emulator all of them pass. What LocalStack does otherwise is listed as the run saw it, the first difference of each test: where a test
sets up what LocalStack does not have, it fails there, whatever it states. Rows were sorted by kinds of failure, and not each of them held against an account.

| Service | passed | failed | skipped |
|---|---|---|---|
${counts.join("\n")}

Skipped are tests that only Headwater's own emulator can be asked for:

${reasonsOf(skips)}

${tables.join("\n")}`,
  );
}

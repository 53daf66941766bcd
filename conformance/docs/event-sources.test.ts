import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CreateEventSourceMappingRequest$ } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = join(ROOT, "docs/event-sources.md");
const page = readFileSync(PAGE, "utf8");

/** `[name]: target` at the end of the page. */
const targets = new Map(
  [...page.matchAll(/^\[([\w-]+)\]: (\S+)$/gm)].map(([, name = "", target = ""]) => [name, target]),
);

interface Row {
  readonly line: string;
  readonly cells: readonly string[];
}

/** The rows of all tables that have a column for their tests. */
const rows: readonly Row[] = page
  .split(/\n\n+/)
  .filter((block) => /^\|.*\| Test \|/.test(block))
  .flatMap((table) => table.split("\n").slice(2))
  .map((line) => ({
    line,
    cells: line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  }));

interface NamedTest {
  readonly row: string;
  readonly file: string;
  readonly title: string;
}

/** `[file] title of the test`; several are parted by `<br>`. */
const testsOf = ({ cells }: Row): NamedTest[] =>
  (cells.at(-1) ?? "").split("<br>").map((each) => {
    const [, file = "", title = ""] = /^\[([\w-]+)\] (.+)$/.exec(each.trim()) ?? [];
    return { row: cells.slice(0, 3).join(" | "), file, title: title.replaceAll("\\|", "|") };
  });

/** The titles of a file's tests: what `it` is given, and the first text of each case of an `it.each`. */
function titlesOf(path: string): ReadonlySet<string> {
  const source = readFileSync(path, "utf8");
  const given = [...source.matchAll(/\bit(?:\.each)?(?:<[^(]*>)?\(\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/g)];
  const afterCases = [...source.matchAll(/^\s*\]?\)\(\s*(["'`])((?:(?!\1)[^\\]|\\.)*)\1/gm)];
  const cases = [...source.matchAll(/^\s*\[\s*"((?:[^"\\]|\\.)*)",/gm)];
  return new Set([
    ...[...given, ...afterCases].map(([, , title = ""]) => title),
    ...cases.map(([, title = ""]) => title),
  ]);
}

describe("docs/event-sources.md", () => {
  it("has tables", () => {
    expect(rows.length).toBeGreaterThan(60);
  });

  it("has the page of AWS for each row", () => {
    const without = rows.filter(({ cells }) => {
      const names = [...(cells.at(-2) ?? "").matchAll(/\[([\w-]+)\]/g)].map(([, name = ""]) => name);
      return (
        names.length === 0 || !names.every((name) => targets.get(name)?.startsWith("https://docs.aws.amazon.com/"))
      );
    });
    expect(without.map(({ line }) => line)).toEqual([]);
  });

  it("names a test that is there for each row", () => {
    const missing = rows.flatMap(testsOf).filter(({ file, title }) => {
      const target = targets.get(file);
      const path = target === undefined ? undefined : join(dirname(PAGE), target);
      return path === undefined || !existsSync(path) || !titlesOf(path).has(title);
    });
    expect(missing).toEqual([]);
  });

  it("has a row for each member of CreateEventSourceMapping, and of what they hold", () => {
    const named = new Set(
      rows.flatMap(({ cells }) => [...(cells[0] ?? "").matchAll(/`([\w.]+)`/g)].map(([, name]) => name)),
    );
    const [, , , , members] = CreateEventSourceMappingRequest$;
    expect(members.filter((member) => !named.has(member))).toEqual([]);
  });

  it("uses each link that it defines", () => {
    const text = page.replaceAll(/^\[[\w-]+\]: .*$/gm, "");
    expect([...targets.keys()].filter((name) => !text.includes(`[${name}]`))).toEqual([]);
  });
});

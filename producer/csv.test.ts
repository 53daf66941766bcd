import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { csvSize, type CsvRow, readCsv } from "./csv.ts";
import { rivers } from "./rivers.ts";

const folder = mkdtempSync(join(tmpdir(), "headwater-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}

async function rowsOf(content: string | Uint8Array): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv(fileOf(content), rivers)) rows.push(row);
  return rows;
}

describe("readCsv", () => {
  it.each([
    ["the state's own", "Waterbody Name,County"],
    ["underscores", "Waterbody_Name,County"],
    ["capitals", "WATERBODY NAME,COUNTY"],
    ["blanks around them", " waterbody  name , county "],
    ["a byte order mark", "\ufeffWaterbody Name,County"],
    ["quotes behind a byte order mark", '\ufeff"Waterbody Name","County"'],
  ])("takes headers with %s", async (_, header) => {
    const [row] = await rowsOf(`${header}\nElk Creek,Delaware\n`);
    expect(row?.values).toEqual({ "Waterbody Name": "Elk Creek", County: "Delaware" });
  });

  it("keeps columns that it does not know under their own names", async () => {
    const [row] = await rowsOf("County,Number_of_species\nDelaware,2\n");
    expect(row?.values).toEqual({ County: "Delaware", Number_of_species: "2" });
  });

  it("tells the line where each row begins, over quoted newlines, CRLF, CR and blank lines", async () => {
    const rows = await rowsOf(
      'County,Comments\r\n\r\nDelaware,"two\r\nlines"\r\n\nEssex,one\rKings,"a ""quoted"", comma"',
    );
    expect(rows.map(({ line, values }) => [line, values.County, values.Comments])).toEqual([
      [3, "Delaware", "two\nlines"],
      [6, "Essex", "one"],
      [7, "Kings", 'a "quoted", comma'],
    ]);
  });

  it("tells what is wrong with a ragged row and goes on", async () => {
    const rows = await rowsOf("Waterbody Name,County\nElk Creek\nOtter Kill,Essex,more\nBlack Brook,Kings\n");
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
      [2, "1 field where the header has 2"],
      [3, "3 fields where the header has 2"],
      [4, undefined],
    ]);
  });

  it("tells what is wrong with a badly quoted row and goes on at the next line", async () => {
    const rows = await rowsOf('Waterbody Name,County\nA"b,Er"ie\nC,D"\n"E ""x"" ","Er\nie"\nF,""\n');
    expect(rows.map(({ line, problem, values }) => [line, problem ?? values])).toEqual([
      [2, "a quote in the middle of a field that is not quoted"],
      [3, "a quote in the middle of a field that is not quoted"],
      [4, { "Waterbody Name": 'E "x" ', County: "Er\nie" }],
      [6, { "Waterbody Name": "F", County: "" }],
    ]);
  });

  it("tells the row that is not UTF-8 and goes on", async () => {
    const latin1 = Buffer.from("County,Comments\nErie,Caf\u00e9\nEssex,", "latin1");
    const rows = await rowsOf(Buffer.concat([latin1, Buffer.from("Caf\u00e9 \u{1f41f}\n")]));
    expect(rows.map(({ line, problem, values }) => [line, problem ?? values.Comments])).toEqual([
      [2, "not UTF-8"],
      [3, "Caf\u00e9 \u{1f41f}"],
    ]);
  });

  it("reads characters, quotes and line ends that chunks of the file cut in two", async () => {
    const row = 'Erie,"\u00e9\u{1f41f} ""x""\r\ny"\r\n';
    const rows = await rowsOf(`County,Comments\n${row.repeat(20_000)}`);
    expect(rows).toHaveLength(20_000);
    expect(new Set(rows.map(({ values }) => values.Comments))).toEqual(new Set(['\u00e9\u{1f41f} "x"\ny']));
    expect(rows.at(-1)!.line).toBe(40_000);
  });

  it.each<[string, string | Uint8Array, string]>([
    ["is empty", "", "is empty"],
    ["holds blank lines alone", "\n\n", "is empty"],
    [
      "has no County column",
      "Waterbody Name,Town\nElk,Delhi\n",
      'line 1: no column "County" among "Waterbody Name", "Town"',
    ],
    ["has a column twice", "County,county\nEssex,Essex\n", 'line 1: the column "County" is there twice'],
    [
      "has a column of the producer's own",
      "County,timestamp\nEssex,1\n",
      'line 1: the column "timestamp" has the name of a field that each record gets here: rename it',
    ],
    ["never closes a quote", 'County\nEssex\n"Delaware\nKings\n', "line 3: a quote is opened and never closed"],
    ["has text behind a closing quote", 'County\nEssex\n"Erie" x\n', "line 3: text behind a closing quote"],
    ["has text behind a quote in its header", '"County" x\nEssex\n', "line 1: text behind a closing quote"],
    ["is UTF-16", Buffer.from("\ufeffWaterbody Name,County\nElk,Essex\n", "utf16le"), "is not UTF-8 text"],
    ["is UTF-16 without a mark", Buffer.from("County\nEssex\n", "utf16le"), "is not UTF-8 text"],
    ["is binary", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), "is not UTF-8 text"],
    ["has a header in Latin-1", Buffer.from("County,Caf\u00e9\nEssex,x\n", "latin1"), "line 1: not UTF-8"],
    ["has a row without an end", `County\nEssex\n${"x".repeat(5_000_000)}`, "line 3: a row of over 4194304 bytes"],
  ])("refuses a file that %s", async (_, content, message) => {
    await expect(rowsOf(content)).rejects.toThrow(message);
  });

  it("says that there is no such file, and that a folder is none", async () => {
    await expect(csvSize(join(folder, "none.csv"))).rejects.toThrow(`No such file: ${join(folder, "none.csv")}`);
    await expect(csvSize(folder)).rejects.toThrow("is a directory");
  });

  it("reads a row from a large file without reading the rest", async () => {
    const path = fileOf(`County,Comments\n${`Delaware,${"x".repeat(1000)}\n`.repeat(50_000)}`);
    const before = process.memoryUsage().rss;
    for await (const row of readCsv(path, rivers)) {
      expect(row.values.County).toBe("Delaware");
      break;
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000);
  });
});

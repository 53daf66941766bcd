import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import AdmZip from "adm-zip";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "./extract.ts";

const SYMLINK = (0o120777 << 16) >>> 0;

function zipOf(entries: readonly (readonly [path: string, text: string, attributes?: number])[]): Uint8Array {
  const zip = new AdmZip();
  // the library cleans paths when it adds them: they are set afterwards, as a hostile tool would
  entries.forEach(([, text], i) => zip.addFile(`entry${i}`, Buffer.from(text)));
  const added = zip.getEntries();
  entries.forEach(([path, , attributes], i) => {
    const entry = added[i];
    if (!entry) return;
    entry.entryName = path;
    if (attributes !== undefined) entry.attr = attributes;
  });
  return zip.toBuffer();
}

describe("extract", () => {
  let folder = "";
  let root = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "headwater-extract-"));
    root = join(folder, "root");
    mkdirSync(root);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("writes files, folders, executables and links within", async () => {
    await extract(
      zipOf([
        ["a/b.txt", "text"],
        ["bin/run", "#!/bin/sh", (0o100755 << 16) >>> 0],
        ["link.txt", "a/b.txt", SYMLINK],
      ]),
      root,
    );
    expect(readFileSync(join(root, "a/b.txt"), "utf8")).toBe("text");
    expect(statSync(join(root, "bin/run")).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(root, "link.txt"), "utf8")).toBe("text");
  });

  it.each([
    ["a parent folder", [["../out", "x"]]],
    ["a parent folder further in", [["a/../../out", "x"]]],
    ["an absolute path", [["/out", "x"]]],
    ["a backslash", [["..\\out", "x"]]],
    ["a drive", [["C:\\out", "x"]]],
    ["a link out", [["l", "../out", SYMLINK]]],
    ["an absolute link", [["l", "/etc", SYMLINK]]],
    [
      "a file below a link",
      [
        ["l", ".", SYMLINK],
        ["l/out", "x"],
      ],
    ],
    [
      "a link by way of a link",
      [
        ["d/e/f", "x"],
        ["l", ".", SYMLINK],
        ["m", "l/../out", SYMLINK],
      ],
    ],
  ] as const)("refuses %s, and writes nothing outside", async (_what, entries) => {
    await expect(extract(zipOf(entries), root)).rejects.toThrow("Could not unzip uploaded file.");
    expect(readdirSync(folder)).toEqual(["root"]);
    expect(existsSync("/out")).toBe(false);
  });

  it("refuses an entry whose bytes are not those of its checksum or its size", async () => {
    const zip = Buffer.from(zipOf([["a.txt", "some text of some length"]]));
    const at = zip.indexOf("PK\u0001\u0002");
    const wrongChecksum = Buffer.from(zip);
    wrongChecksum.writeUInt32LE(1, at + 16);
    await expect(extract(wrongChecksum, root)).rejects.toThrow("Could not unzip");
    const wrongSize = Buffer.from(zip);
    wrongSize.writeUInt32LE(3, at + 24);
    await expect(extract(wrongSize, root)).rejects.toThrow("Could not unzip");
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import AdmZip from "adm-zip";
import { findPipeline } from "../pipelines/index.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { bundleHandlers } from "./bundle.ts";

let folder: string;
let pipeline: Pipeline;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-bundle-"));
  pipeline = { ...findPipeline("rivers"), folder, handlers: ["handler.ts"] };
  mkdirSync(folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const writeHandler = (source: string) => writeFileSync(join(folder, "handler.ts"), source);

describe("bundleHandlers", () => {
  it("makes a module and its source map, and the same bytes from the same sources", () => {
    writeHandler("export const handler = async (event: unknown) => event;\n");
    const first = bundleHandlers(pipeline);
    const second = bundleHandlers(pipeline);
    expect(second.hash).toBe(first.hash);
    expect(second.zip.equals(first.zip)).toBe(true);
    const names = new AdmZip(first.zip).getEntries().map((entry) => entry.entryName);
    expect(names).toEqual(["handler.mjs", "handler.mjs.map"]);
  });

  it("gives other code another hash", () => {
    writeHandler("export const handler = async () => 1;\n");
    const first = bundleHandlers(pipeline);
    writeHandler("export const handler = async () => 2;\n");
    expect(bundleHandlers(pipeline).hash).not.toBe(first.hash);
  });

  it("says where a handler does not compile", () => {
    writeHandler("export const handler = ;\n");
    expect(() => bundleHandlers(pipeline)).toThrow(/handler\.ts:1:23/);
  });
});

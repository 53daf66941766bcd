import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import AdmZip from "adm-zip";
import { buildSync } from "esbuild";
import { PACKAGE_ROOT } from "../package.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";

/** A zip of Lambda code. The same sources give the same hash, wherever and whenever they are bundled. */
export interface Bundle {
  readonly zip: Buffer;
  /** SHA-256 of the names and contents of the files, in hex. */
  readonly hash: string;
}

/** Node has no `require` in ES modules, and the SDK's CommonJS parts ask for it. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Zip has no time zone; a fixed local time gives the same bytes everywhere. */
const ZIP_TIME = new Date(1980, 0, 1);

/** Bundles a pipeline's handlers with all they import, as ES modules with source maps. */
export function bundleHandlers({ folder, handlers }: Pipeline): Bundle {
  // not `build`, which leaves a process behind that lives as long as this one
  const { outputFiles } = buildSync({
    absWorkingDir: PACKAGE_ROOT,
    entryPoints: handlers.map((file) => join(folder, file)),
    outdir: join(PACKAGE_ROOT, "dist", "bundle"),
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: REQUIRE },
    minifySyntax: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
  });
  const files = outputFiles
    .map(({ path, contents }) => ({ name: basename(path), contents: Buffer.from(contents) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

  const zip = new AdmZip();
  const hash = createHash("sha256");
  for (const { name, contents } of files) {
    zip.addFile(name, contents, "", 0o644);
    zip.getEntry(name)!.header.time = ZIP_TIME;
    hash.update(`${name}\n${contents.byteLength}\n`).update(contents);
  }
  return { zip: zip.toBuffer(), hash: hash.digest("hex") };
}

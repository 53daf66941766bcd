import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package: of the checkout, or the one in node_modules; the code may lie in its dist/. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

export const VERSION = readVersion();

/** How people call this command, for what is printed: from outside of a container it is called otherwise. */
export const COMMAND = process.env["HEADWATER_COMMAND"] ?? "npx headwater";

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("package.json of headwater not found");
  return findRoot(parent);
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string };
  return version;
}

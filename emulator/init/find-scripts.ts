import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { STAGES, type Stage } from "./stages.ts";

export interface FoundScript {
  readonly stage: Stage;
  readonly path: string;
}

/** What runs a hook, by the end of its name; a file with another one is no hook. */
const RUNNERS: Readonly<Record<string, (path: string) => readonly string[]>> = {
  ".sh": (path) => [path],
  ".js": (path) => [process.execPath, path],
  ".mjs": (path) => [process.execPath, path],
  ".cjs": (path) => [process.execPath, path],
  ".py": (path) => ["python3", path],
};

/** The hooks below `folder` by stage: `boot.d`, `start.d`, `ready.d` and `shutdown.d`. */
export function findScripts(folder: string): FoundScript[] {
  return STAGES.flatMap((stage) =>
    filesBelow(join(folder, `${stage.toLowerCase()}.d`))
      .filter((path) => extname(path) in RUNNERS)
      .map((path) => ({ stage, path })),
  );
}

/** @returns a program with its arguments */
export const commandOf = (path: string): readonly string[] => RUNNERS[extname(path)]?.(path) ?? [path];

/** In LocalStack's order: the files of a folder by name, then those of its folders. */
function filesBelow(folder: string): string[] {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).toSorted() : [];
  const entries = names.map((name) => join(folder, name));
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return [...entries.filter(isFile), ...entries.filter(isFolder).flatMap(filesBelow)];
}

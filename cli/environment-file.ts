import { chmod, readFile, writeFile } from "node:fs/promises";
import { UserError } from "./errors.ts";

/**
 * Sets variables in a file of `NAME=value` lines, as `node --env-file` and docker compose read it: lines of other variables
 * and comments stay as they are. Only its owner may read the file then, as it may hold keys.
 */
export async function writeEnvironment(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  try {
    const text = changed(await readIfThere(file), values);
    await writeFile(file, text, { mode: 0o600 });
    await chmod(file, 0o600);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

function changed(text: string, values: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(values));
  const lines = text.split("\n").map((line) => {
    const [, head = "", name = ""] = /^(\s*(?:export\s+)?(\w+)\s*=)/.exec(line) ?? [];
    const value = values[name];
    if (value === undefined) return line;
    missing.delete(name);
    return `${head}${value}`;
  });
  while (lines.at(-1) === "") lines.pop();
  for (const name of missing) lines.push(`${name}=${values[name]}`);
  return `${lines.join("\n")}\n`;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

import { readFile, writeFile } from "node:fs/promises";

/**
 * Sets variables in a file of `NAME=value` lines, as `node --env-file` and docker compose read it: lines of other variables
 * and comments stay as they are. Only its owner may read the file, as it may hold keys.
 */
export async function writeEnvironment(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const left = new Map(Object.entries(values));
  const lines = (await readIfThere(file)).split("\n").map((line) => {
    const name = /^(?:export\s+)?(\w+)=/.exec(line)?.[1];
    const value = name === undefined ? undefined : left.get(name);
    if (name === undefined || value === undefined) return line;
    left.delete(name);
    return `${name}=${value}`;
  });
  while (lines.at(-1) === "") lines.pop();
  for (const [name, value] of left) lines.push(`${name}=${value}`);
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

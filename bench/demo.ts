// The time of `make demo PIPELINE=all`, as a user waits for it: the five pipelines one after another, from nothing to their table.
// Shows what the demo prints. Usage: node --import tsx bench/demo.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const startedAt = performance.now();
const make = spawn("make", ["demo", "PIPELINE=all"], { cwd: join(import.meta.dirname, ".."), stdio: "inherit" });
const [code] = (await once(make, "close")) as [number | null];
if (code !== 0) throw new Error(`make demo PIPELINE=all ended with ${code}`);
console.log(`make demo PIPELINE=all: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

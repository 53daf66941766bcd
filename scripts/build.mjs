// Builds dist/: JavaScript and types by tsc, and beside them the files that Node loads as they are.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";

const tsc = createRequire(import.meta.url).resolve("typescript/package.json").replace("package.json", "bin/tsc");
rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "--project", "tsconfig.build.json"], { stdio: "inherit" });
cpSync("services/lambda/runtime", "dist/services/lambda/runtime", {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
chmodSync("dist/cli/main.js", 0o755);

// Builds dist/: the emulator and the command bundled by esbuild, so that both start in a blink, and their types by tsc.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, "..");
const inServer = (path) => /^(services|emulator)\//.test(relative(root, path));

/** The server needs an SDK package's schemas and enums only: a tenth of the whole client to load, in time and memory. */
const schemasOnly = {
  name: "schemas-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/client-[a-z0-9-]+$/ }, ({ path, importer }) =>
      inServer(importer) ? { path, namespace: "schemas", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "schemas" }, ({ path }) => {
      const folder = join(dirname(require.resolve(`${path}/package.json`)), "dist-es");
      const files = ["schemas/schemas_0.js", "models/enums.js"].filter((file) => existsSync(join(folder, file)));
      return { contents: files.map((file) => `export * from "./${file}";`).join("\n"), resolveDir: folder };
    });
  },
};

/** The expression, or a quoted string, which may speak of it and stays as it is. */
const OWN_URL = /(["'`])(?:\\.|(?!\1).)*\1|import\.meta\.url/g;

/** A module that finds files by its own place finds them from dist/, wherever the bundler put its code. */
const ownPlace = {
  name: "own-place",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes("import.meta.url") || path.includes("node_modules")) return undefined;
      const place = `dist/${relative(root, path).replace(/\.ts$/, ".js")}`;
      const url = `new URL(${JSON.stringify(place)}, import.meta.resolve("headwater/package.json")).href`;
      return {
        contents: source.replaceAll(OWN_URL, (found) => (found === "import.meta.url" ? url : found)),
        loader: "ts",
      };
    });
  },
};

/** The emulator is there already, as an ES module: it is loaded, not bundled once more. */
const builtEmulator = {
  name: "built-emulator",
  setup({ onResolve }) {
    onResolve({ filter: /\/emulator\/index\.ts$/ }, ({ path }) => ({
      path: path.replace(/ts$/, "js"),
      external: true,
    }));
  },
};

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: ["emulator/index.ts", "cli/main.ts", "integrations/testcontainers/index.ts"],
  outdir: "dist",
  outbase: ".",
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  platform: "node",
  format: "esm",
  target: "node20",
  mainFields: ["module", "main"],
  // half the text to load; names stay, as errors and stack traces show them
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  // native code, WebAssembly that looks for its own folder as CommonJS does, and what its users bring
  external: ["lmdb", "esbuild", "jq-wasm", "testcontainers"],
  // CommonJS packages inside the bundle ask for Node's modules by require
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
  },
  plugins: [schemasOnly, ownPlace],
  logLevel: "warning",
});
await build({
  entryPoints: ["integrations/jest/index.ts", "integrations/jest/environment.ts"],
  outdir: "dist",
  outbase: ".",
  bundle: true,
  platform: "node",
  // Jest loads these by require in every version, and in suites of either kind
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  target: "node20",
  plugins: [builtEmulator],
  logLevel: "warning",
});
cpSync("integrations/jest/jest-preset.json", "dist/integrations/jest/jest-preset.json");
cpSync("services/lambda/runtime", "dist/services/lambda/runtime", {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
cpSync("emulator/runtime/hash-worker.js", "dist/emulator/runtime/hash-worker.js");
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
execFileSync(process.execPath, [tsc, "--project", "tsconfig.build.json"], { stdio: "inherit" });
removeUnreachable([
  "dist/emulator/index.d.ts",
  "dist/integrations/jest/index.d.ts",
  "dist/integrations/testcontainers/index.d.ts",
]);
// types of a CommonJS module
renameSync("dist/integrations/jest/index.d.ts", "dist/integrations/jest/index.d.cts");
chmodSync("dist/cli/main.js", 0o755);

/** tsc writes the types of all that it has read; those stay to which an entry point leads. */
function removeUnreachable(entryPoints) {
  const reachable = new Set(entryPoints.map((path) => resolve(path)));
  for (const path of reachable) {
    for (const [, specifier] of readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)\.[jt]s"/g)) {
      reachable.add(resolve(dirname(path), `${specifier}.d.ts`));
    }
  }
  for (const name of readdirSync("dist", { recursive: true })) {
    const path = resolve("dist", name);
    if (name.endsWith(".d.ts") && !reachable.has(path)) rmSync(path);
  }
}

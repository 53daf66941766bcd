import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isBuiltFresh, ROOT } from "../headwater-command.ts";

const HERE = import.meta.dirname;

interface Manifest {
  version: string;
  devDependencies: Record<string, string>;
}

export interface Packed {
  readonly bytes: number;
  readonly files: readonly string[];
}

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

const notInstalled = (path: string): boolean => !/node_modules|package-lock/.test(path);

const readManifest = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The package as `npm publish` would send it, installed into a project of its own: examples/jest, examples/vitest, and what lies in `project/`. */
export class InstalledPackage implements Disposable {
  readonly folder: string;
  readonly version = readManifest(ROOT).version;
  readonly packed: Packed;
  readonly #scratch = realpathSync(mkdtempSync(join(tmpdir(), "headwater-package-")));

  constructor() {
    if (!isBuiltFresh()) throw new Error("dist/ is older than the sources: npm run build");
    const answer = npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", this.#scratch);
    const [packed] = JSON.parse(answer) as [{ size: number; filename: string; files: { path: string }[] }];
    this.packed = { bytes: packed.size, files: packed.files.map(({ path }) => path) };
    this.folder = join(this.#scratch, "app");
    cpSync(join(ROOT, "examples/jest"), this.folder, { recursive: true, filter: notInstalled });
    cpSync(join(ROOT, "examples/vitest"), join(this.folder, "vitest"), { recursive: true, filter: notInstalled });
    cpSync(join(HERE, "project"), this.folder, { recursive: true });
    this.#addDependencies(join(this.#scratch, packed.filename));
    npm(this.folder, "install", "--prefer-offline", "--no-audit", "--no-fund");
  }

  /** What the suites need beside that of examples/jest. */
  #addDependencies(tarball: string): void {
    const manifest = readManifest(this.folder);
    Object.assign(manifest.devDependencies, {
      headwater: `file:${tarball}`,
      "@aws-sdk/client-sqs": "^3.1169.0",
      typescript5: "npm:typescript@5.9.3",
      typescript7: "npm:typescript@7.0.2",
      vitest: readManifest(join(ROOT, "examples/vitest")).devDependencies["vitest"]!,
    });
    writeFileSync(join(this.folder, "package.json"), JSON.stringify(manifest, undefined, 2));
  }

  /** Puts another version of a package in the place of the installed one. */
  install(version: string): void {
    npm(this.folder, "install", "--no-save", "--prefer-offline", "--no-audit", "--no-fund", version);
  }

  /** An empty folder for temporary files. */
  temporaryFolder(): string {
    return mkdtempSync(join(this.#scratch, "tmp-"));
  }

  /** Runs a script of an installed package, in the project. */
  run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join("node_modules", script), ...args],
        { cwd: this.folder, env: { ...ENVIRONMENT, ...env } },
        (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

/** Nothing of the Jest that runs this suite. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_OPTIONS: "",
  NODE_ENV: undefined,
  JEST_WORKER_ID: undefined,
  FORCE_COLOR: undefined,
  NO_COLOR: "1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

function npm(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", env: ENVIRONMENT });
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
  return stdout;
}

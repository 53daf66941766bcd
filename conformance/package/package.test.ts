import { once } from "node:events";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { InstalledPackage } from "./installed-package.ts";

/** Installs some hundred packages, and runs whole suites. */
const PATIENCE_MS = 180_000;
const MOST_BYTES = 3_000_000;

let installed: InstalledPackage;

beforeAll(() => {
  installed = new InstalledPackage();
}, PATIENCE_MS);

afterAll(() => installed[Symbol.dispose]());

describe("the package", () => {
  it("holds what is needed to run it, and nothing else", () => {
    const { files, bytes } = installed.packed;
    const places = new Set(files.map((file) => /^[^/]+/.exec(file)![0]));
    expect([...places].toSorted()).toEqual(
      [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "data",
        "dist",
        "handlers",
        "kpl",
        "package.json",
      ].toSorted(),
    );
    expect(files.filter((file) => /\.(map|test\.ts)$/.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it("has every file that its exports name", () => {
    const { exports } = JSON.parse(readFileSync(join(installed.folder, "node_modules/headwater/package.json"), "utf8"));
    const named = JSON.stringify(exports).match(/(?<="\.\/)(dist\/[^"]+|package\.json)(?=")/g) ?? [];
    expect(named.length).toBeGreaterThan(5);
    expect(installed.packed.files).toEqual(expect.arrayContaining(named));
  });

  it("has the command", async () => {
    const { status, output } = await installed.run(".bin/headwater", ["--version"]);
    expect({ status, output: output.trim() }).toEqual({ status: 0, output: installed.version });
  });

  it(
    "starts an emulator by the command, to which its own pipelines can be deployed",
    async () => {
      const command = join(installed.folder, "node_modules/.bin/headwater");
      const emulator = spawn(process.execPath, [command, "start", "--ephemeral", "--port", "0"], {
        stdio: ["ignore", "pipe", "inherit"],
        cwd: installed.folder,
      });
      const ended = once(emulator, "exit");
      try {
        let endpoint: string | undefined;
        for await (const line of createInterface(emulator.stdout)) {
          endpoint = /http:\/\/[\d.:]+/.exec(line)?.[0];
          if (endpoint !== undefined) break;
        }
        const deployed = await installed.run(".bin/headwater", ["deploy", "rivers", "--endpoint", endpoint!]);
        expect(deployed).toMatchObject({ status: 0, output: expect.stringContaining("CREATE_COMPLETE") });
      } finally {
        emulator.kill("SIGTERM");
      }
      expect(await ended).toEqual([0, null]);
    },
    PATIENCE_MS,
  );

  it("starts an emulator in the process that imports it", async () => {
    const program = `
      import { startEmulator } from "headwater";
      await using aws = await startEmulator({ port: 0 });
      const { status } = await fetch(aws.endpoint + "/_headwater/health");
      console.log(status);`;
    const { outputFiles } = await (
      await import("esbuild")
    ).build({
      stdin: { contents: program, loader: "ts", resolveDir: installed.folder },
      write: false,
      format: "esm",
      target: "node20",
      packages: "external",
      bundle: true,
    });
    const child = spawn(process.execPath, ["--input-type=module", "--eval", outputFiles[0]!.text], {
      cwd: installed.folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = (await Promise.all([once(child.stdout, "data"), once(child, "exit")]))[0] as [Buffer];
    expect(printed.toString().trim()).toBe("200");
  });

  it.each([
    ["TypeScript 7, nodenext", "typescript7", "nodenext"],
    ["TypeScript 7, bundler", "typescript7", "bundler"],
    ["TypeScript 5, nodenext", "typescript5", "nodenext"],
    ["TypeScript 5, bundler", "typescript5", "bundler"],
  ])(
    "has types for %s",
    async (_name, typescript, resolution) => {
      const files = ["types/module.mts", ...(resolution === "nodenext" ? ["types/common.cts"] : [])];
      const module = resolution === "nodenext" ? "nodenext" : "esnext";
      const options = [
        ...["--strict", "--exactOptionalPropertyTypes", "--noEmit"],
        ...["--target", "es2022", "--lib", "es2023,esnext.disposable", "--types", "node"],
        ...["--module", module, "--moduleResolution", resolution],
        // the newer one minds the project's own tsconfig.json
        ...(typescript === "typescript7" ? ["--ignoreConfig"] : []),
      ];
      const { status, output } = await installed.run(`${typescript}/bin/tsc`, [...options, ...files]);
      expect({ status, output }).toEqual({ status: 0, output: "" });
    },
    PATIENCE_MS,
  );
});

const jest = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  installed.run("jest/bin/jest.js", ["--ci", ...args], {
    NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning",
    ...env,
  });

const suites = (...names: string[]) => ["--testMatch", ...names.map((name) => `**/suites/${name}.spec.*js`)];

const headwaterFolders = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith("headwater-"));

async function servesSuites(how: string): Promise<void> {
  const TMPDIR = installed.temporaryFolder();
  // what a developer may have set leads nowhere
  const astray = { AWS_PROFILE: "nobody", AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:1", AWS_REGION: "eu-west-3" };
  const { status, output } = await jest([how, ...suites("reaches", "clock", "alone-*")], { TMPDIR, ...astray });
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("9 passed, 9 total") });
  expect(output).not.toMatch(/did not exit|exit gracefully|open handle/i);
  expect(headwaterFolders(TMPDIR)).toEqual([]);
}

it(
  "serves Vitest, as its example shows",
  async () => {
    const { status, output } = await installed.run("vitest/vitest.mjs", ["run", "--root", "vitest"]);
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringMatching(/Tests +2 passed/) });
  },
  PATIENCE_MS,
);

describe("headwater/jest", () => {
  it(
    "runs the example, which compiles",
    async () => {
      expect(await installed.run("typescript7/bin/tsc", ["--project", "."])).toEqual({ status: 0, output: "" });
      const { status, output } = await jest(["/test/"]);
      expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("4 passed, 4 total") });
    },
    PATIENCE_MS,
  );

  it.each(["--runInBand", "--maxWorkers=2"])(
    "serves suites of both kinds of modules, keeps files apart, and leaves nothing open or behind, with %s",
    servesSuites,
    PATIENCE_MS,
  );

  it(
    "lets the files of a worker share their data when asked to",
    async () => {
      const TMPDIR = installed.temporaryFolder();
      const SEEN = join(TMPDIR, "seen");
      const { status, output } = await jest(["--runInBand", ...suites("shared-*")], { TMPDIR, SEEN });
      expect({ status, output }).toMatchObject({ status: 0 });
      expect(readFileSync(SEEN, "utf8")).toBe("1 2 ");
      expect(headwaterFolders(TMPDIR)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    "removes what a killed run has left, with the next one",
    async () => {
      const TMPDIR = installed.temporaryFolder();
      await jest(["--runInBand", ...suites("killed")], { TMPDIR });
      expect(headwaterFolders(TMPDIR)).toHaveLength(1);
      expect(await jest(suites("alone-one"), { TMPDIR })).toMatchObject({ status: 0 });
      expect(headwaterFolders(TMPDIR)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it.each([
    [
      { scoop: "worker" },
      "headwater/jest: there is no option scoop: there are scope, clock, iam, kinesisLimits, dynamodbLimits, auth, logLevel",
    ],
    [{ scope: "test" }, 'headwater/jest: scope is "test", not one of file, worker'],
    ["worker", 'headwater/jest: testEnvironmentOptions.headwater is "worker", not an object'],
  ])(
    "refuses the options %j",
    async (headwater, message) => {
      const options = `--testEnvironmentOptions=${JSON.stringify({ headwater })}`;
      const { status, output } = await jest([...suites("alone-one"), options]);
      expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining(message) });
    },
    PATIENCE_MS,
  );

  it("says how to get an emulator to a suite in another environment", async () => {
    expect(await jest(["--env=node", ...suites("outside")])).toMatchObject({ status: 0 });
  });

  it(
    "serves Jest 29 as well",
    async () => {
      installed.install("jest@29");
      expect((await jest(["--version"])).output).toMatch(/^29\./);
      await servesSuites("--maxWorkers=2");
    },
    PATIENCE_MS,
  );
});

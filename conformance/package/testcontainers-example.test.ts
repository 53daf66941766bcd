import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeOn } from "../../e2e/targets/describe-on.ts";
import { projectImage } from "../../e2e/targets/project-image.ts";
import { ENVIRONMENT, isBuiltFresh, ROOT } from "../headwater-command.ts";

/** The image may have to be built first. */
const PATIENCE_MS = 600_000;

const describeImage = describeOn("container", "examples/testcontainers");

describeImage("examples/testcontainers", () => {
  let folder: string;

  /** With our own packages in the place of installed ones: that the package can be installed is another suite's. */
  beforeAll(async () => {
    if (!isBuiltFresh()) throw new Error("dist/ is older than the sources: npm run build");
    await projectImage();
    folder = mkdtempSync(join(tmpdir(), "headwater-example-"));
    cpSync(join(ROOT, "examples/testcontainers"), folder, {
      recursive: true,
      filter: (path) => !/node_modules/.test(path),
    });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(ROOT, join(folder, "node_modules/headwater"));
    symlinkSync(join(ROOT, "node_modules/@aws-sdk"), join(folder, "node_modules/@aws-sdk"));
  }, PATIENCE_MS);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "passes",
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap"], {
        cwd: folder,
        env: { ...ENVIRONMENT, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
      });
      expect(stdout).toMatch(/^# pass 1$/m);
    },
    PATIENCE_MS,
  );
});

import { execFile } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "../conformance/headwater-command.ts";

/** Runs a script where no container engine answers. */
function run(script: readonly string[], variables: NodeJS.ProcessEnv): Promise<{ code: unknown; output: string }> {
  const { TARGET: _, TARGET_ENDPOINT: __, E2E_RUNNER: ___, HEADWATER_DEBUG: ____, ...environment } = process.env;
  const options = { cwd: ROOT, env: { ...environment, DOCKER_HOST: "unix:///nowhere.sock", ...variables } };
  return new Promise((resolve) => {
    execFile(process.execPath, [...script], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

const RUNNER = ["--import", "tsx", "e2e/run.ts"];

describe("a run of the suites", () => {
  it("names in one line a target that there is not", async () => {
    const { code, output } = await run([...RUNNER, "aws"], { E2E_REQUIRE: "container, lokalstack" });
    expect(code).toBe(1);
    expect(output).toMatch(/^There is no target "lokalstack" for the suites\. Targets: .*\n$/);
  });

  it("tells in one line why a target cannot be had", async () => {
    const account = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };
    const variables = { ...account, AWS_ENDPOINT_URL: "nonsense", E2E_REQUIRE: " container , aws" };
    const { code, output } = await run([...RUNNER, "aws"], variables);
    expect(code).toBe(1);
    expect(output).toMatch(/^\nend to end:\n {2}aws +failed: TypeError: Invalid URL\n$/);
  });
});

describe("the build of the image", () => {
  it("says in one line that no engine answers", async () => {
    const { code, output } = await run(["scripts/image.mjs"], {});
    expect(code).toBe(1);
    expect(output).toMatch(/^The image headwater:\S+ cannot be built: .+\n$/);
  });
});

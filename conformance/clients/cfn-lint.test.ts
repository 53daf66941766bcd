import { join } from "node:path";
import { PIPELINES } from "../../cli/pipelines/index.ts";
import { describeUnless, runProgram, whyMissing } from "./tools.ts";

const TEST_MS = 120_000;

describeUnless(whyMissing("cfn-lint", "--version"), "cfn-lint")("cfn-lint", () => {
  it(
    "finds neither errors nor warnings in the templates of the pipelines",
    async () => {
      const templates = PIPELINES.map(({ folder }) => join(folder, "template.yaml"));
      expect(templates).toHaveLength(5);
      expect(await runProgram("cfn-lint", ["--", ...templates], { env: process.env })).toBe("");
    },
    TEST_MS,
  );
});

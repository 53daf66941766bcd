import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { TestEnvironment } from "jest-environment-node";

const namesOf = (block) => (block?.parent ? [...namesOf(block.parent), block.name] : []);

/** What was said first of a test that failed: an error, or an error with the place where its hook was defined. */
const firstError = ({ errors: [first] }) => (Array.isArray(first) ? first[0] : first);

/**
 * Jest's environment of runs on another target than the emulator: a test whose first error is NotOnThisTarget is skipped, and
 * not failed. The reasons are printed, and written line by line to the file that CONFORMANCE_SKIPS names.
 */
// eslint-disable-next-line import/no-default-export -- what Jest asks for
export default class SkippingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.file = relative(config.globalConfig.rootDir, context.testPath);
  }

  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== "run_finish") return;
    const reasons = new Map();
    const visit = (child) => {
      if (child.type === "describeBlock") return child.children.forEach(visit);
      const error = firstError(child);
      if (error?.name !== "NotOnThisTarget") return;
      child.errors = [];
      child.status = "skip";
      reasons.set(error.message, (reasons.get(error.message) ?? 0) + 1);
      const line = { file: this.file, test: [...namesOf(child.parent), child.name].join(" > "), reason: error.message };
      if (process.env.CONFORMANCE_SKIPS) appendFileSync(process.env.CONFORMANCE_SKIPS, `${JSON.stringify(line)}\n`);
    };
    visit(rootDescribeBlock);
    for (const [reason, tests] of reasons)
      process.stderr.write(`SKIPPED: ${this.file}: ${tests} of its tests: ${reason}\n`);
  }
}

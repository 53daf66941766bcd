#!/usr/bin/env node
import module from "node:module";

// The SDK warns on each start about versions of Node that it will leave next year. That is for this package's `engines`
// to say, not for the user of a command. It must be said before the SDK is loaded, so the commands are loaded on demand.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

// Node 22.8 and later keep the compiled code for the next start
if ("enableCompileCache" in module) module.enableCompileCache();

const { makeProgram } = await import("./program.ts");
const { explain } = await import("./errors.ts");
const { endWithReader } = await import("./interrupt.ts");

endWithReader();

try {
  await makeProgram().parseAsync();
} catch (error) {
  // What is still under way (a sender that tries again and again) does not hold the process.
  process.stderr.write(`${explain(error)}\n`, () => process.exit(1));
}

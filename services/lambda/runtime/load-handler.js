import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { asOnLambda } from "./places.js";

function runtimeError(name, message, stack) {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  error.stack = stack ?? `${error.name}: ${message}\n${error.stack.split("\n").slice(1).join("\n")}`;
  return error;
}

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/** Node's rule for a .js file: the nearest package.json says it. */
function isModuleScope(file, root) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      try {
        return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
      } catch {
        return false;
      }
    }
    if (folder === root || folder === dirname(folder)) return false;
  }
}

async function loadModule(root, moduleFolder, moduleName) {
  const require = createRequire(join(root, "noop.js"));
  const file = resolve(root, moduleFolder, moduleName);
  if (existsSync(`${file}.js`)) {
    return isModuleScope(file, root) ? import(pathToFileURL(`${file}.js`).href) : require(`${file}.js`);
  }
  if (existsSync(`${file}.mjs`)) return import(pathToFileURL(`${file}.mjs`).href);
  if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  try {
    return require(require.resolve(`./${join(moduleFolder, moduleName)}`));
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    const missing = new Error(`Cannot find module '${moduleName}'\nRequire stack:\n- ${join(root, "bootstrap")}`);
    missing.code = "MODULE_NOT_FOUND";
    throw missing;
  }
}

const find = (module, path) =>
  path.split(".").reduce((value, key) => (value && typeof value === "object" ? value[key] : undefined), module);

/**
 * Resolves a handler setting such as `src/index.handler`: file, then the path to the export.
 * @throws errors named as Lambda names them: Runtime.ImportModuleError, Runtime.HandlerNotFound ...
 */
export async function loadHandler(root, setting) {
  if (setting.includes("..")) {
    throw runtimeError(
      "MalformedHandlerName",
      `'${setting}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const match = /^([^.]*)\.(.*)$/.exec(basename(setting));
  if (!match) throw runtimeError("MalformedHandlerName", "Bad handler");
  const [, moduleName, path] = match;
  const moduleFolder = setting.slice(0, setting.length - basename(setting).length);

  let module;
  try {
    module = await loadModule(root, moduleFolder, moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("UserCodeSyntaxError", String(error), error.stack);
    if (error?.code === "MODULE_NOT_FOUND") throw runtimeError("ImportModuleError", asOnLambda(error));
    throw error;
  }

  const handler = find(module, path) ?? find(module?.default, path);
  if (handler === undefined || handler === null) {
    throw runtimeError("HandlerNotFound", `${setting} is undefined or not exported`);
  }
  if (typeof handler !== "function") throw runtimeError("HandlerNotFound", `${setting} is not a function`);
  if (handler[STREAMING]) {
    throw runtimeError("MalformedStreamingHandler", "Response streaming is not supported by Headwater.");
  }
  if (handler.length >= 3 && process.env.AWS_EXECUTION_ENV === "AWS_Lambda_nodejs24.x") {
    throw runtimeError(
      "CallbackHandlerDeprecated",
      "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to" +
        " modify this function to use a supported handler signature to use Node.js 24 or later. For more information see" +
        " https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
    );
  }
  return handler;
}

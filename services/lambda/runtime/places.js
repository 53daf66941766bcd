import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Where Lambda has a function's code and its runtime, by where they are here; as a path and as the URL of ES modules. */
const PLACES = [
  ...[process.env.LAMBDA_TASK_ROOT ?? "", realpath(process.env.LAMBDA_TASK_ROOT ?? "")].map((root) => [
    root,
    "/var/task",
  ]),
  [import.meta.dirname, "/var/runtime"],
]
  .filter(([here]) => here !== "")
  .flatMap(([here, there]) => [
    [`${pathToFileURL(here).href}/`, `file://${there}/`],
    [`${here}/`, `${there}/`],
  ]);

function realpath(folder) {
  try {
    return realpathSync(folder);
  } catch {
    return "";
  }
}

/** A text of the runtime, such as a stack trace, with the paths that Lambda would show. */
export const asOnLambda = (text) =>
  PLACES.reduce((shown, [here, there]) => shown.replaceAll(here, there), String(text));

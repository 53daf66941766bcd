import { JSONPath } from "jsonpath-plus";
import { cachedByText } from "../../../emulator/runtime/cached-by-text.ts";
import { VtlError } from "./vtl/values.ts";

type Select = (document: unknown) => unknown;

const compiled = cachedByText(compile);

/**
 * What a path (as Jayway reads it) selects: of a definite path the value, else a list. Undefined where there is nothing.
 * @throws VtlError for a path that is not well-formed
 */
export const selectJson = (document: unknown, path: string): unknown => compiled(path)(document);

const STEP = /\.([^.[\]()*?@\s,'"]+)|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*(-?\d+)\s*\]/y;

function compile(given: string): Select {
  const path = given.startsWith("$") ? given : `$${given.startsWith("[") ? "" : "."}${given}`;
  const lengthOf = /^(.*)\.(?:length|size)\(\)$/s.exec(path)?.[1];
  if (lengthOf !== undefined) return measured(compile(lengthOf));
  const steps = definiteSteps(path);
  if (steps) return (document) => walk(document, steps);
  return (document) => search(document, path);
}

/** The steps of a path that selects one value at the most; undefined for any other. */
function definiteSteps(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (!found) return undefined;
    const [, dotted, single, double, index] = found;
    const quoted = (single ?? double)?.replaceAll(/\\(.)/g, "$1");
    steps.push(index === undefined ? (dotted ?? quoted ?? "") : Number(index));
  }
  return steps;
}

function walk(document: unknown, steps: readonly (string | number)[]): unknown {
  let value = document;
  for (const step of steps) {
    if (typeof step === "number") {
      if (!Array.isArray(value)) return undefined;
      value = value.at(step) as unknown;
    } else if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.hasOwn(value, step)) {
      value = (value as Record<string, unknown>)[step];
    } else return undefined;
  }
  return value;
}

function search(document: unknown, path: string): unknown {
  try {
    const json = document as object;
    return JSONPath({ path, json, wrap: true, eval: "safe" });
  } catch (error) {
    throw new VtlError(`The JSON path ${path} cannot be read: ${(error as Error).message}`);
  }
}

const measured =
  (select: Select): Select =>
  (document) => {
    const value = select(document);
    if (Array.isArray(value)) return value.length;
    return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
  };

import { unsupported } from "../../../emulator/model/errors.ts";
import { templateError, templateFormatError, validationError } from "../errors.ts";
import { cidrBlocks } from "./cidr.ts";
import { type Evaluated, isJsonObject, type Json, type JsonObject, NO_VALUE, Unknown, unknownsIn } from "./value.ts";

/** What the functions of a template can ask for. */
export interface Scope {
  readonly mappings: JsonObject;
  readonly languageExtensions: boolean;
  /** Ref: of a parameter, a pseudo parameter or a resource; undefined where there is none of this name. */
  reference(name: string): Evaluated | undefined;
  attribute(logicalId: string, name: string): Evaluated;
  condition(name: string): boolean;
  exported(name: string): Evaluated;
  availabilityZones(region: string): string[];
}

type Evaluate = (node: Json) => Evaluated;
type IntrinsicFunction = (argument: Json, evaluate: Evaluate, scope: Scope) => Evaluated;

/** The function that a node is a call of, and its argument. */
export function intrinsic(node: JsonObject): { name: string; argument: Json } | undefined {
  const keys = Object.keys(node);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined || (name !== "Ref" && !name.startsWith("Fn::"))) return undefined;
  return { name, argument: node[name] as Json };
}

/** The value of a node, its functions called. What depends on a resource that is not there yet is Unknown. */
export function evaluate(node: Json, scope: Scope): Evaluated {
  const inner: Evaluate = (each) => evaluate(each, scope);
  if (Array.isArray(node)) return node.map(inner).filter((each) => each !== NO_VALUE);
  if (!isJsonObject(node)) return node;
  const call = intrinsic(node);
  if (call === undefined) {
    const members = Object.entries(node).map(([key, value]): [string, Evaluated] => [key, inner(value)]);
    return Object.fromEntries(members.filter(([, value]) => value !== NO_VALUE));
  }
  const run = Object.hasOwn(FUNCTIONS, call.name) ? FUNCTIONS[call.name] : undefined;
  if (CONDITION_FUNCTIONS.includes(call.name)) {
    throw templateError(`${call.name} can only be used in the Conditions block of the template`);
  }
  if (run === undefined) throw unsupported(`The function ${call.name}`);
  return run(call.argument, inner, scope);
}

/** Runs `use` on values that are known; of any that is not, so is the result. */
function known(values: readonly Evaluated[], use: () => Evaluated): Evaluated {
  const unknowns = values.flatMap(unknownsIn);
  return unknowns.length > 0 ? new Unknown([...new Set(unknowns.flatMap(({ sources }) => sources))]) : use();
}

export const isScalar = (value: Evaluated): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

function textOf(value: Evaluated, complaint: string): string {
  if (!isScalar(value)) throw templateError(complaint);
  return String(value);
}

const ref: IntrinsicFunction = (argument, _evaluate, scope) => {
  if (typeof argument !== "string") {
    throw templateFormatError("Every Ref object must have a single String value.");
  }
  const value = scope.reference(argument);
  if (value === undefined) throw unresolved([argument], "Resources");
  return value;
};

export const unresolvedText = (names: readonly string[], block: "Resources" | "Outputs"): string =>
  `Unresolved resource dependencies [${names.join(", ")}] in the ${block} block of the template`;

export const unresolved = (names: readonly string[], block: "Resources" | "Outputs") =>
  templateFormatError(unresolvedText(names, block));

/** The logical id and attribute of a Fn::GetAtt, of both its forms. */
export function getAttArgument(argument: Json): { logicalId: string; attribute: Json } {
  const complaint =
    "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute";
  const parts = typeof argument === "string" ? split(argument) : argument;
  if (!Array.isArray(parts) || parts.length < 2) throw templateError(complaint);
  const [logicalId, ...rest] = parts;
  const attribute = rest.length === 1 ? rest[0] : rest.join(".");
  if (typeof logicalId !== "string" || logicalId === "" || attribute === undefined || attribute === "") {
    throw templateError(complaint);
  }
  return { logicalId, attribute };
}

function split(text: string): string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

const getAtt: IntrinsicFunction = (argument, inner, scope) => {
  const { logicalId, attribute } = getAttArgument(argument);
  const name = inner(attribute);
  return scope.attribute(
    logicalId,
    textOf(
      name,
      "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    ),
  );
};

const SUB_COMPLAINT =
  "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, " +
  "and an optional second argument to specify a mapping of values to replace in the string";

/** The text and the variables of a Fn::Sub, of both its forms. */
export function subArgument(argument: Json): { text: string; variables: JsonObject } {
  const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== "string" || !isJsonObject(variables)) throw templateError(SUB_COMPLAINT);
  if (Array.isArray(argument) && argument.length > 2) throw templateError(SUB_COMPLAINT);
  return { text, variables };
}

const SUB_VARIABLE = /\$\{([^!}][^}]*)\}/g;

/** The names that the text of a Fn::Sub refers to. */
export function subNames(text: string): string[] {
  return [...text.matchAll(SUB_VARIABLE)].map(([, name]) => {
    if (!/^[A-Za-z0-9_.:]+$/.test(name ?? "")) {
      throw templateError(
        "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
      );
    }
    return name as string;
  });
}

const sub: IntrinsicFunction = (argument, inner) => {
  const { text, variables } = subArgument(argument);
  const values = new Map<string, Evaluated>();
  for (const name of subNames(text)) {
    const variable = own(variables, name);
    if (variable !== undefined) values.set(name, inner(variable));
    else if (name.includes(".")) values.set(name, inner({ "Fn::GetAtt": split(name) }));
    else values.set(name, inner({ Ref: name }));
  }
  return known([...values.values()], () =>
    text
      .replaceAll(SUB_VARIABLE, (_whole, name: string) => textOf(values.get(name) ?? "", SUB_COMPLAINT))
      .replaceAll("${!", "${"),
  );
};

const join: IntrinsicFunction = (argument, inner) => {
  const complaint =
    "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a " +
    "function that returns a list of strings (such as Fn::GetAZs) to be joined.";
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(complaint);
  const [delimiter, rawParts] = argument as [Json, Json];
  const parts = inner(rawParts);
  return known([parts], () => {
    if (typeof delimiter !== "string" || !Array.isArray(parts)) throw templateError(complaint);
    return parts.map((part) => textOf(part, complaint)).join(delimiter);
  });
};

const select: IntrinsicFunction = (argument, inner) => {
  const complaint = "Fn::Select requires a list argument with two elements: an integer index and a list";
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(complaint);
  const index = inner(argument[0] as Json);
  const choices = inner(argument[1] as Json);
  if (index instanceof Unknown || choices instanceof Unknown) return known([index, choices], () => null);
  const position = Number(isScalar(index) ? index : NaN);
  if (!Number.isInteger(position) || !Array.isArray(choices)) throw templateError(complaint);
  const chosen = choices[position];
  if (chosen === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${position}`);
  return chosen;
};

const splitText: IntrinsicFunction = (argument, inner) => {
  const complaint =
    "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function " +
    "that returns a string to be split.";
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(complaint);
  const [delimiter, raw] = argument as [Json, Json];
  const text = inner(raw);
  return known([text], () => {
    if (typeof delimiter !== "string") throw templateError(complaint);
    return textOf(text, complaint).split(delimiter);
  });
};

const findInMap: IntrinsicFunction = (argument, inner, scope) => {
  const complaint =
    "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value";
  if (!Array.isArray(argument)) throw templateError(complaint);
  const options = argument[3];
  if (argument.length !== 3 && !(argument.length === 4 && isJsonObject(options) && "DefaultValue" in options)) {
    throw templateError(complaint);
  }
  if (options !== undefined && !scope.languageExtensions) {
    throw unsupported("DefaultValue of Fn::FindInMap without the transform AWS::LanguageExtensions");
  }
  const keys = argument.slice(0, 3).map(inner);
  return known(keys, () => {
    const [mapName, first, second] = keys.map((key) => textOf(key, complaint)) as [string, string, string];
    const mapping = own(scope.mappings, mapName);
    const value = own(own(mapping, first), second);
    if (value !== undefined) return value;
    if (isJsonObject(options)) return inner(options.DefaultValue as Json);
    if (mapping === undefined) {
      throw templateError(`Mapping named '${mapName}' is not present in the 'Mappings' section of template.`);
    }
    throw templateError(`Unable to get mapping for ${mapName}::${first}::${second}`);
  });
};

const own = (of: Json | undefined, key: string): Json | undefined =>
  isJsonObject(of) && Object.hasOwn(of, key) ? of[key] : undefined;

const base64: IntrinsicFunction = (argument, inner) => {
  const value = inner(argument);
  return known([value], () =>
    Buffer.from(textOf(value, "every Fn::Base64 object must have a String-typed value.")).toString("base64"),
  );
};

const cidr: IntrinsicFunction = (argument, inner) => {
  const complaint =
    "every Fn::Cidr object requires two parameters, the IP block and the count, and optionally the CIDR bits";
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3) throw templateError(complaint);
  const values = argument.map(inner);
  return known(values, () => {
    const [block, count, bits = "8"] = values.map((value) => textOf(value, complaint));
    return cidrBlocks(block as string, Number(count), Number(bits));
  });
};

const getAzs: IntrinsicFunction = (argument, inner, scope) => {
  const region = inner(argument);
  return known([region], () => {
    const name = textOf(region, "every Fn::GetAZs object must have a String-typed value.");
    const here = scope.reference("AWS::Region");
    return scope.availabilityZones(name === "" ? String(here) : name);
  });
};

const importValue: IntrinsicFunction = (argument, inner, scope) => {
  const name = inner(argument);
  return known([name], () =>
    scope.exported(
      textOf(name, "the attribute in Fn::ImportValue must be a string or a function that returns a string"),
    ),
  );
};

const choose: IntrinsicFunction = (argument, inner, scope) => {
  if (!Array.isArray(argument) || argument.length !== 3) {
    throw templateError("Fn::If requires a list argument with three elements");
  }
  const [name, then, otherwise] = argument as [Json, Json, Json];
  if (typeof name !== "string")
    throw templateError("Fn::If requires a list argument with the first element being a condition");
  return inner(scope.condition(name) ? then : otherwise);
};

const extension =
  (name: string, run: IntrinsicFunction): IntrinsicFunction =>
  (argument, inner, scope) => {
    if (!scope.languageExtensions) {
      throw validationError(`Template format error: ${name} requires the transform AWS::LanguageExtensions`);
    }
    return run(argument, inner, scope);
  };

const length = extension("Fn::Length", (argument, inner) => {
  const value = inner(argument);
  return known([value], () => {
    if (!Array.isArray(value)) throw templateError("Fn::Length requires a list argument");
    return value.length;
  });
});

const toJsonString = extension("Fn::ToJsonString", (argument, inner) => {
  const value = inner(argument);
  return known([value], () => JSON.stringify(value));
});

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: ref,
  "Fn::GetAtt": getAtt,
  "Fn::Sub": sub,
  "Fn::Join": join,
  "Fn::Select": select,
  "Fn::Split": splitText,
  "Fn::FindInMap": findInMap,
  "Fn::Base64": base64,
  "Fn::Cidr": cidr,
  "Fn::GetAZs": getAzs,
  "Fn::ImportValue": importValue,
  "Fn::If": choose,
  "Fn::Length": length,
  "Fn::ToJsonString": toJsonString,
};

const CONDITION_FUNCTIONS = ["Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"];

export const isFunction = (name: string): boolean =>
  Object.hasOwn(FUNCTIONS, name) || CONDITION_FUNCTIONS.includes(name);

import { invalidFilterKey, invalidFilterOption, invalidFilterValue, validationError } from "./errors.ts";
import type { Found } from "./model.ts";

export interface Filter {
  readonly Key: string;
  readonly Option?: string;
  readonly Values?: readonly string[];
}

const TIERS = ["Standard", "Advanced", "Intelligent-Tiering"];
const TYPES = ["String", "StringList", "SecureString"];
const DESCRIBE_KEYS = ["Path", "Name", "Type", "KeyId", "Tier", "DataType"];
const BY_PATH_KEYS = ["Type", "KeyId", "Label"];

/** @throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, ValidationException */
export function checkFilters(filters: readonly Filter[], kind: "describe" | "by path"): void {
  const keys = kind === "describe" ? DESCRIBE_KEYS : BY_PATH_KEYS;
  const seen = new Set<string>();
  for (const filter of filters) {
    const { Key: key } = filter;
    if (!keys.includes(key) && !(kind === "describe" && key.startsWith("tag:"))) {
      throw invalidFilterKey(
        `The following filter key is not valid: ${key}. Valid filter keys include: [${keys.join(", ")}].`,
      );
    }
    if (seen.has(key)) {
      throw invalidFilterKey(
        `The following filter is duplicated in the request: ${key}. A request can contain only one occurrence of a specific filter.`,
      );
    }
    seen.add(key);
    checkFilter(filter);
  }
}

function checkFilter({ Key: key, Option, Values: values = [] }: Filter): void {
  if (values.length === 0 && !key.startsWith("tag:")) {
    throw invalidFilterValue(`The following filter values are missing : null for filter key ${key}.`);
  }
  const options =
    key === "Path" ? ["Recursive", "OneLevel"] : ["BeginsWith", "Equals", ...(key === "Name" ? ["Contains"] : [])];
  if (Option !== undefined && !options.includes(Option)) {
    throw invalidFilterOption(
      `The following filter option is not valid: ${Option}. Valid options include: [${options.join(", ")}].`,
    );
  }
  const choices = key === "Tier" ? TIERS : key === "Type" ? TYPES : undefined;
  const wrong = choices && values.find((value) => !choices.includes(value));
  if (wrong !== undefined) {
    throw invalidFilterOption(
      `The following filter value is not valid: ${wrong}. Valid values include: [${choices?.join(", ")}].`,
    );
  }
  if (key === "Path") for (const value of values) checkPath(value);
}

/** @throws ValidationException */
export function checkPath(path: string): void {
  if (path !== "/" && (!/^\/[a-zA-Z0-9_.\-/]*$/.test(path) || path.includes("//"))) {
    throw validationError(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". ' +
        'It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: ' +
        ". (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the " +
        'forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
  if (/^\/(aws|ssm)/i.test(path)) {
    throw validationError(
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). ' +
        "When using global parameters, please specify within a global namespace.",
    );
  }
}

/** Whether a name is below a path: right below it, or at any depth. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith("/") ? path : `${path}/`;
  const full = name.startsWith("/") ? name : `/${name}`;
  return full.startsWith(prefix) && (recursive || !full.slice(prefix.length).includes("/"));
}

export const passes = (found: Found, filters: readonly Filter[]): boolean =>
  filters.every((filter) => matches(found, filter));

function matches(
  { name, version, tags }: Found,
  { Key: key, Option = "Equals", Values: values = [] }: Filter,
): boolean {
  if (key === "Path") return values.some((path) => isUnder(name, path, Option === "Recursive"));
  const actual = key.startsWith("tag:")
    ? tags.filter((tag) => tag.Key === key.slice(4)).map((tag) => tag.Value)
    : {
        Name: [name],
        Type: [version.type],
        KeyId: [version.keyId ?? ""],
        Tier: [version.tier],
        DataType: ["text"],
        Label: version.labels,
      }[key];
  if (values.length === 0) return (actual ?? []).length > 0;
  return (actual ?? []).some((text) => values.some((value) => compare(key, text, value, Option)));
}

function compare(key: string, actual: string, value: string, option: string): boolean {
  // a name is found with and without its leading slash
  const texts = key === "Name" && !value.startsWith("/") ? [actual, actual.replace(/^\//, "")] : [actual];
  if (option === "BeginsWith") return texts.some((text) => text.startsWith(value));
  if (option === "Contains") return texts.some((text) => text.includes(value));
  return texts.includes(value);
}

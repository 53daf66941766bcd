import { unsupported } from "../../emulator/model/errors.ts";
import { reservedName, tooDeep, validationError } from "./errors.ts";

export interface Place {
  readonly account: string;
  readonly region: string;
}

const MOST_LEVELS = 15;
const LONGEST_NAME = 1011;

export const parameterArn = ({ account, region }: Place, name: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;

/** @throws ValidationException, AccessDeniedException, HierarchyLevelLimitExceededException for a name that no parameter can have */
export function checkNewName(name: string): void {
  const plain = name.toLowerCase().replace(/^\//, "");
  const isPath = name.startsWith("/") && name.indexOf("/", 1) > 0;
  if (plain.startsWith("aws") || plain.startsWith("ssm")) {
    if (isPath && /^\/aws/i.test(name)) throw reservedName(name);
    throw validationError(
      isPath
        ? 'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). ' + SUB_PATHS
        : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (name.includes("/") && !name.startsWith("/"))
    throw validationError("Parameter name must be a fully qualified name.");
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name) || name.includes("//") || name.endsWith("/")) {
    throw validationError(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). ${SUB_PATHS}`);
  }
  if (name.length > LONGEST_NAME) {
    throw validationError(`Parameter name: must have length less than or equal to ${LONGEST_NAME}`);
  }
  if (name.split("/").length - 1 > MOST_LEVELS) throw tooDeep();
}

const SUB_PATHS =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be " +
  "formed as a mix of letters, numbers and the following 3 symbols .-_";

export interface Reference {
  /** The names that are meant; an ARN does not tell `/a` from `a`. */
  readonly names: readonly string[];
  /** A version's number or label. */
  readonly selector?: string;
}

const ARN = /^arn:aws[a-z-]*:ssm:([^:]*):(\d{12}):parameter(\/.+)$/;

/**
 * What a request names: a name or an ARN, with a version or a label behind a colon.
 * @throws NotImplemented for parameters of AWS and of other accounts
 */
export function parseReference(place: Place, text: string): Reference {
  const [, region, account, path] = ARN.exec(text) ?? [];
  if (path !== undefined && (account !== place.account || region !== place.region)) {
    throw unsupported("A parameter that another account or region shares");
  }
  const colon = (path ?? text).indexOf(":");
  const name = colon < 0 ? (path ?? text) : (path ?? text).slice(0, colon);
  const selector = colon < 0 ? undefined : (path ?? text).slice(colon + 1);
  if (/^\/aws\/(service|reference)\//.test(name)) throw unsupported(`The public parameter ${name}`);
  const names = path !== undefined && name.indexOf("/", 1) < 0 ? [name.slice(1), name] : [name];
  return { names, ...(selector !== undefined && { selector }) };
}

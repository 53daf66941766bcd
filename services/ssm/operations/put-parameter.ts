import { unsupported } from "../../../emulator/model/errors.ts";
import {
  invalidPattern,
  oldestIsLabelled,
  parameterExists,
  patternMismatch,
  typeChanged,
  validationError,
} from "../errors.ts";
import type { Operation, SsmContext } from "../index.ts";
import type { ParameterKind, ParameterVersion, Tier } from "../model.ts";
import { checkNewName } from "../names.ts";
import { mergeTags } from "../tags.ts";

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const MOST_VERSIONS = 100;
const DEFAULT_KEY = "alias/aws/ssm";
const ADVANCED_GUIDE =
  "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";

interface Input {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly Tier?: string;
  readonly AllowedPattern?: string;
  readonly KeyId?: string;
}

/**
 * Creates a parameter, or, with Overwrite, a new version of it. What is not given stays as it was.
 * @throws ParameterAlreadyExists, ParameterPatternMismatchException, HierarchyTypeMismatchException,
 *   ParameterMaxVersionLimitExceeded, ValidationException and more
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export const putParameter: Operation<"PutParameter"> = (ctx, input) => {
  const { Name: name, Overwrite: overwrite = false } = input;
  if (input.Policies !== undefined && input.Policies !== "" && input.Policies !== "[]") {
    throw unsupported("Policies of a parameter");
  }
  if (overwrite && input.Tags?.length) {
    throw validationError(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  checkNewName(name);
  checkDataType(input.DataType);
  const existing = ctx.store.find(name);
  const before = existing && ctx.store.version(name, existing.latest);
  if (existing && !overwrite) throw parameterExists();
  const type = typeOf(input, before);
  checkValue(input, type);
  const tier = tierOf(input, before);
  const drop = existing && versionToDrop(ctx, name);
  const description = input.Description ?? before?.description;
  const allowedPattern = input.AllowedPattern ?? before?.allowedPattern;
  const version: ParameterVersion = {
    version: (existing?.latest ?? 0) + 1,
    type,
    value: type === "SecureString" ? ctx.store.encrypt(input.Value) : input.Value,
    ...(type === "SecureString" && { keyId: DEFAULT_KEY }),
    ...(description !== undefined && { description }),
    ...(allowedPattern !== undefined && { allowedPattern }),
    tier,
    modifiedAt: ctx.clock.now(),
    modifiedBy: ctx.principal.arn,
    labels: [],
  };
  checkPattern(allowedPattern, input.Value);
  ctx.store.putVersion(name, version, existing?.tags ?? mergeTags([], input.Tags ?? []), drop);
  return { Version: version.version, Tier: tier };
};

function checkDataType(type: string | undefined): void {
  if (type === undefined || type === "text") return;
  if (type === "aws:ec2:image" || type === "aws:ssm:integration")
    throw unsupported(`The data type ${type} of a parameter`);
  throw validationError(`The following data type is not supported: ${type} (Data type names are all lowercase.)`);
}

function typeOf(input: Input, before: ParameterVersion | undefined): ParameterKind {
  const type = (input.Type as ParameterKind | undefined) ?? before?.type;
  if (type === undefined) throw validationError("A parameter type is required when you create a parameter.");
  if (before && before.type !== type) throw typeChanged();
  return type;
}

function checkValue({ Value: value, KeyId: key }: Input, type: ParameterKind): void {
  if (value === "") {
    throw validationError(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (key !== undefined && type !== "SecureString") {
    throw validationError("KeyId is required for SecureString type parameter only.");
  }
  if (key !== undefined && key !== DEFAULT_KEY && !key.endsWith(`:${DEFAULT_KEY}`)) {
    throw unsupported(`KeyId of a parameter other than ${DEFAULT_KEY}`);
  }
  if (/\{\{[^}]*\}\}/.test(value)) {
    throw validationError('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
}

/** @throws ValidationException for a value that the tier does not take, and for a way back from Advanced */
function tierOf({ Value: value, Tier: asked }: Input, before: ParameterVersion | undefined): Tier {
  const bytes = Buffer.byteLength(value);
  const isLarge = bytes > STANDARD_BYTES;
  const tier =
    asked === "Intelligent-Tiering" || asked === undefined
      ? before?.tier === "Advanced" || (asked !== undefined && isLarge)
        ? "Advanced"
        : "Standard"
      : (asked as Tier);
  if (before?.tier === "Advanced" && tier === "Standard") {
    throw validationError(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (tier === "Standard" && isLarge) {
    throw validationError(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see ${ADVANCED_GUIDE}`,
    );
  }
  if (bytes > ADVANCED_BYTES) {
    throw validationError(
      `Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`,
    );
  }
  return tier;
}

function checkPattern(pattern: string | undefined, value: string): void {
  if (pattern === undefined || pattern === "") return;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, "u");
  } catch {
    throw invalidPattern(pattern);
  }
  if (!expression.test(value)) throw patternMismatch(pattern);
}

/** A parameter has a hundred versions; the oldest goes for a new one, unless it has a label. */
function versionToDrop(ctx: SsmContext, name: string): number | undefined {
  const versions = ctx.store.versions(name);
  const [oldest] = versions;
  if (versions.length < MOST_VERSIONS || !oldest) return undefined;
  if (oldest.labels.length > 0) throw oldestIsLabelled(name, oldest.version);
  return oldest.version;
}

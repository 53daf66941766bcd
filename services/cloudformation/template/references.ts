import { unsupported } from "../../../emulator/model/errors.ts";
import { templateError, templateFormatError, validationError } from "../errors.ts";
import { getAttArgument, intrinsic, isFunction, subArgument, subNames, unresolved } from "./functions.ts";
import type { Template } from "./template.ts";
import { isJsonObject, type Json } from "./value.ts";

export const PSEUDO_PARAMETERS = [
  "AWS::AccountId",
  "AWS::NoValue",
  "AWS::NotificationARNs",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
] as const;

export type Reference =
  | { readonly kind: "ref"; readonly name: string }
  /** `attribute` is undefined where it is made by a function. */
  | { readonly kind: "attribute"; readonly name: string; readonly attribute: string | undefined }
  | { readonly kind: "condition"; readonly name: string };

/** Everything that a node refers to. `choose` picks the branch of each Fn::If; without it, both are looked at. */
export function* references(node: Json, choose?: (condition: string) => boolean): Generator<Reference> {
  if (Array.isArray(node)) {
    for (const each of node) yield* references(each, choose);
    return;
  }
  if (!isJsonObject(node)) return;
  const call = intrinsic(node);
  if (call === undefined) {
    for (const each of Object.values(node)) yield* references(each, choose);
    return;
  }
  const { name, argument } = call;
  if (!isFunction(name)) throw unsupported(`The function ${name}`);
  if (name === "Ref") {
    if (typeof argument !== "string") throw templateFormatError("Every Ref object must have a single String value.");
    yield { kind: "ref", name: argument };
  } else if (name === "Fn::GetAtt") {
    const { logicalId, attribute } = getAttArgument(argument);
    yield { kind: "attribute", name: logicalId, attribute: typeof attribute === "string" ? attribute : undefined };
    yield* references(attribute, choose);
  } else if (name === "Fn::Sub") {
    yield* subReferences(argument, choose);
  } else if (name === "Fn::If" && Array.isArray(argument) && typeof argument[0] === "string") {
    yield { kind: "condition", name: argument[0] };
    const branches = choose === undefined ? argument.slice(1) : [argument[choose(argument[0]) ? 1 : 2] ?? ""];
    for (const branch of branches) yield* references(branch, choose);
  } else yield* references(argument, choose);
}

function* subReferences(argument: Json, choose?: (condition: string) => boolean): Generator<Reference> {
  const { text, variables } = subArgument(argument);
  yield* references(variables, choose);
  for (const name of subNames(text)) {
    if (Object.hasOwn(variables, name)) continue;
    const dot = name.indexOf(".");
    if (dot < 0) yield { kind: "ref", name };
    else yield { kind: "attribute", name: name.slice(0, dot), attribute: name.slice(dot + 1) };
  }
}

/**
 * Checks that all that the template refers to is there, in either branch of its conditions.
 * @throws AwsError ValidationError
 */
export function checkReferences(
  template: Template,
  attributesOf: (type: string) => readonly string[] | undefined,
): void {
  for (const [id, resource] of template.resources) {
    checkNode(template, resource.properties, "Resources", attributesOf);
    const missing = resource.dependsOn.filter((name) => !template.resources.has(name));
    if (missing.length > 0) throw unresolved(missing, "Resources");
    if (resource.dependsOn.includes(id)) throw circular([id]);
    checkCondition(template, resource.condition, "Resources");
  }
  for (const output of template.outputs.values()) {
    checkNode(template, [output.value, output.exportName ?? ""], "Outputs", attributesOf);
    checkCondition(template, output.condition, "Outputs");
  }
  for (const condition of template.conditions.values()) {
    const bad = [...references(condition)].filter(
      ({ kind, name }) => kind === "attribute" || (kind === "ref" && !isParameter(template, name)),
    );
    if (bad.length === 0) continue;
    const names = bad.map(({ name }) => name).join(", ");
    throw templateFormatError(
      `Unresolved dependencies [${names}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

const isParameter = (template: Template, name: string): boolean =>
  template.parameters.has(name) || (PSEUDO_PARAMETERS as readonly string[]).includes(name);

function checkCondition(template: Template, name: string | undefined, block: "Resources" | "Outputs"): void {
  if (name === undefined || template.conditions.has(name)) return;
  throw templateFormatError(`Unresolved condition dependency ${name} in the ${block} block of the template`);
}

function checkNode(
  template: Template,
  node: Json,
  block: "Resources" | "Outputs",
  attributesOf: (type: string) => readonly string[] | undefined,
): void {
  const missing = new Set<string>();
  for (const reference of references(node)) {
    const { kind, name } = reference;
    if (kind === "condition") {
      if (!template.conditions.has(name)) throw templateError(`unresolved condition dependency ${name} in Fn::If`);
    } else if (kind === "ref") {
      if (!isParameter(template, name) && !template.resources.has(name)) missing.add(name);
    } else {
      const resource = template.resources.get(name);
      if (!resource) throw templateError(`instance of Fn::GetAtt references undefined resource ${name}`);
      const attributes = attributesOf(resource.type);
      if (attributes && reference.attribute !== undefined && !attributes.includes(reference.attribute)) {
        throw templateError(`resource ${name} does not support attribute type ${reference.attribute} in Fn::GetAtt`);
      }
    }
  }
  if (missing.size > 0) throw unresolved([...missing], block);
}

export const circular = (ids: readonly string[]) =>
  validationError(`Circular dependency between resources: [${ids.join(", ")}]`);

/**
 * Checks that the resources can be made one after the other.
 * @throws AwsError ValidationError naming the resources that wait for each other
 */
export function checkAcyclic(dependencies: ReadonlyMap<string, readonly string[]>): void {
  const left = new Map([...dependencies].map(([id, on]) => [id, on.filter((each) => dependencies.has(each))]));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    const neededByOthers = new Set([...left.values()].flat());
    for (const [id, on] of left) {
      if (!on.some((each) => left.has(each)) || !neededByOthers.has(id)) left.delete(id);
    }
  }
  if (left.size > 0) throw circular([...left.keys()]);
}

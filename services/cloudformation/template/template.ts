import { templateError, templateFormatError, validationError } from "../errors.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import { parseTemplate } from "./parse.ts";
import { type ParameterDefinition, parameterDefinitions } from "./parameters.ts";
import { readRules, type Rule } from "./rules.ts";
import { isJsonObject, type Json, type JsonObject } from "./value.ts";

export type DeletionPolicy = "Delete" | "Retain" | "RetainExceptOnCreate" | "Snapshot";

export interface ResourceDefinition {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata?: Json;
}

export interface OutputDefinition {
  readonly value: Json;
  readonly description?: string;
  readonly exportName?: Json;
  readonly condition?: string;
}

/** A template whose form is right; what its functions refer to is not looked at yet. */
export interface Template {
  readonly description?: string;
  readonly metadata?: Json;
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly mappings: JsonObject;
  readonly conditions: ReadonlyMap<string, Json>;
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
  /** The template asks for AWS::LanguageExtensions. */
  readonly languageExtensions: boolean;
}

const SECTIONS = [
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Rules",
  "Mappings",
  "Conditions",
  "Transform",
  "Resources",
  "Outputs",
];
const RESOURCE_ATTRIBUTES = [
  "Type",
  "Properties",
  "DependsOn",
  "Condition",
  "DeletionPolicy",
  "UpdateReplacePolicy",
  "Metadata",
  "CreationPolicy",
  "UpdatePolicy",
];

/** Each of CloudFormation's quotas that a template can exceed. */
const MOST = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;
const LOGICAL_ID = /^[A-Za-z0-9]{1,255}$/;

/** @throws AwsError ValidationError with CloudFormation's text for what is malformed; NotImplemented for what is refused */
export function readTemplate(body: string): Template {
  const raw = parseTemplate(body);
  const extraneous = Object.keys(raw).filter((name) => !SECTIONS.includes(name));
  if (extraneous.length > 0)
    throw templateFormatError(`Invalid template property or properties [${extraneous.join(", ")}]`);
  const version = raw.AWSTemplateFormatVersion;
  if (version !== undefined && version !== "2010-09-09") {
    throw templateFormatError("Template format version not supported.");
  }
  const description = raw.Description;
  if (description !== undefined && typeof description !== "string") {
    throw templateFormatError("Description must be a string.");
  }
  if (description !== undefined && Buffer.byteLength(description) > 1024) {
    throw templateFormatError("'Description' length is greater than 1024.");
  }
  return {
    description,
    metadata: raw.Metadata,
    parameters: parameterDefinitions(section(raw, "Parameters")),
    rules: readRules(section(raw, "Rules")),
    mappings: mappings(section(raw, "Mappings")),
    conditions: new Map(Object.entries(section(raw, "Conditions"))),
    resources: resources(raw),
    outputs: outputs(section(raw, "Outputs")),
    languageExtensions: languageExtensions(raw.Transform),
  };
}

function section(raw: JsonObject, name: keyof JsonObject & string): JsonObject {
  const value = raw[name] ?? {};
  if (!isJsonObject(value)) throw templateFormatError(`${name} must be an object.`);
  const most = name in MOST ? MOST[name as keyof typeof MOST] : Infinity;
  const count = Object.keys(value).length;
  if (count > most) {
    throw templateFormatError(`Number of ${name.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`);
  }
  return value;
}

function languageExtensions(transform: Json | undefined): boolean {
  const names = transform === undefined ? [] : Array.isArray(transform) ? transform : [transform];
  for (const name of names) {
    if (name !== "AWS::LanguageExtensions") {
      throw unsupported(`Transform ${typeof name === "string" ? name : JSON.stringify(name)}`);
    }
  }
  return names.length > 0;
}

function mappings(raw: JsonObject): JsonObject {
  for (const [name, mapping] of Object.entries(raw)) {
    if (!isJsonObject(mapping)) throw templateFormatError(`Every Mappings member must be a map: ${name}.`);
    for (const [key, attributes] of Object.entries(mapping)) {
      if (!isJsonObject(attributes)) {
        throw templateFormatError(`Every Mappings attribute must be a String or a List: ${name}.${key}.`);
      }
    }
  }
  return raw;
}

function resources(raw: JsonObject): ReadonlyMap<string, ResourceDefinition> {
  const all = section(raw, "Resources");
  if (Object.keys(all).length === 0) {
    throw templateFormatError("At least one Resources member must be defined.");
  }
  return new Map(Object.entries(all).map(([id, resource]) => [id, resourceDefinition(id, resource)]));
}

function resourceDefinition(id: string, raw: Json): ResourceDefinition {
  if (id.startsWith("Fn::ForEach")) throw unsupported("Fn::ForEach");
  if (!LOGICAL_ID.test(id)) {
    throw templateFormatError(`Resource name ${id} is non alphanumeric.`);
  }
  if (!isJsonObject(raw)) throw templateFormatError("Any Resources member must be an object.");
  const extraneous = Object.keys(raw).find((name) => !RESOURCE_ATTRIBUTES.includes(name));
  if (extraneous !== undefined) throw validationError(`Invalid template resource property '${extraneous}'`);
  for (const name of ["CreationPolicy", "UpdatePolicy"]) {
    if (raw[name] !== undefined) throw unsupported(`${name} (resource ${id})`);
  }
  const { Type: type, Properties: properties = {}, Condition: condition } = raw;
  if (typeof type !== "string") {
    throw templateFormatError(`[/Resources/${id}] Every Resources object must contain a Type member.`);
  }
  if (!isJsonObject(properties))
    throw templateFormatError(`[/Resources/${id}/Properties] Properties must be an object.`);
  if (condition !== undefined && typeof condition !== "string") {
    throw templateFormatError(`[/Resources/${id}/Condition] Every Condition member must be a string.`);
  }
  return {
    type,
    properties,
    condition,
    dependsOn: dependsOn(id, raw.DependsOn),
    deletionPolicy: policy(id, "DeletionPolicy", raw.DeletionPolicy),
    updateReplacePolicy: policy(id, "UpdateReplacePolicy", raw.UpdateReplacePolicy),
    metadata: raw.Metadata,
  };
}

function dependsOn(id: string, raw: Json | undefined): string[] {
  const all = raw === undefined ? [] : Array.isArray(raw) ? raw : [raw];
  if (!all.every((each) => typeof each === "string")) {
    throw templateFormatError(`[/Resources/${id}/DependsOn] Every DependsOn value must be a string.`);
  }
  return all;
}

function policy(id: string, name: "DeletionPolicy" | "UpdateReplacePolicy", raw: Json | undefined): DeletionPolicy {
  if (raw === undefined) return "Delete";
  const choices: readonly unknown[] =
    name === "DeletionPolicy"
      ? ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]
      : ["Delete", "Retain", "Snapshot"];
  if (isJsonObject(raw)) throw unsupported(`An intrinsic function in ${name} (resource ${id})`);
  if (!choices.includes(raw)) {
    throw templateFormatError(`Unrecognized ${name} ${JSON.stringify(raw)} for resource ${id}`);
  }
  return raw as DeletionPolicy;
}

function outputs(raw: JsonObject): ReadonlyMap<string, OutputDefinition> {
  return new Map(Object.entries(raw).map(([id, output]) => [id, outputDefinition(id, output)]));
}

function outputDefinition(id: string, raw: Json): OutputDefinition {
  if (id.startsWith("Fn::ForEach")) throw unsupported("Fn::ForEach");
  if (!LOGICAL_ID.test(id)) throw templateFormatError(`Output name ${id} is non alphanumeric.`);
  if (!isJsonObject(raw)) throw templateFormatError(`Output ${id} is malformed. The value is not an object.`);
  const { Value: value, Description: description, Export: exported, Condition: condition } = raw;
  const extraneous = Object.keys(raw).find((name) => !["Value", "Description", "Export", "Condition"].includes(name));
  if (extraneous !== undefined) throw validationError(`Invalid template output property '${extraneous}'`);
  if (value === undefined) throw templateFormatError("Every Outputs member must contain a Value object");
  if (description !== undefined && typeof description !== "string") {
    throw templateFormatError(`Output ${id} is malformed. The Description member must be a string.`);
  }
  if (condition !== undefined && typeof condition !== "string") {
    throw templateFormatError(`Output ${id} is malformed. The Condition member must be a string.`);
  }
  if (exported !== undefined && (!isJsonObject(exported) || exported.Name === undefined)) {
    throw templateError(`Output ${id} is malformed. Export must contain a Name.`);
  }
  return { value, description, condition, exportName: isJsonObject(exported) ? exported.Name : undefined };
}

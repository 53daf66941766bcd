import { unsupported } from "../../emulator/model/errors.ts";
import { insufficientCapabilities, noExport, templateError, templateFormatError, validationError } from "./errors.ts";
import { type AnyProvider, attributesOf, type Tag } from "./provider.ts";
import { checkProperties, type Violation } from "./template/check-properties.ts";
import { evaluateCondition } from "./template/conditions.ts";
import { evaluate, type Scope, unresolved, unresolvedText } from "./template/functions.ts";
import { dynamicReferenceComplaint, hasDynamicReference } from "./template/dynamic-references.ts";
import { parameterReference } from "./template/parameters.ts";
import type { PSEUDO_PARAMETERS } from "./template/references.ts";
import { checkRules } from "./template/rules.ts";
import { checkAcyclic, checkReferences, references } from "./template/references.ts";
import type { ResourceDefinition, Template } from "./template/template.ts";
import { type Evaluated, isObject, NO_VALUE, Unknown, unknownsIn, type Json } from "./template/value.ts";

/** What is known of the stack that a template is for. */
export interface DeploymentInput {
  readonly template: Template;
  /** By name, as resolveParameters answers them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The values behind those that name parameters of Systems Manager. */
  readonly resolved?: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly notificationArns: readonly string[];
  readonly provider: (type: string) => AnyProvider | undefined;
  readonly exported: (name: string) => string | undefined;
}

/** Answers for the resources that exist: their Ref and Fn::GetAtt; Unknown for those that do not. */
export interface Resolver {
  reference(logicalId: string): Evaluated;
  attribute(logicalId: string, name: string): Evaluated;
  /** Stands for an export that nobody has; it is an error where there is no such function. */
  missingExport?(name: string): Evaluated;
}

export interface EvaluatedResource {
  readonly properties: { [name: string]: Evaluated };
  readonly violations: readonly Violation[];
}

export interface EvaluatedOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

const NOTHING_KNOWN: Resolver = {
  reference: (id) => new Unknown([id]),
  attribute: (id, name) => new Unknown([`${id}.${name}`]),
};

/** Before a stack is begun: what nobody exports fails the stack, not the request. */
const NOTHING_BEGUN: Resolver = { ...NOTHING_KNOWN, missingExport: (name) => new Unknown([name]) };

/** A template with its parameters: which resources there are, in which order, with which properties. */
export class Deployment {
  readonly input: DeploymentInput;
  /** The resources whose condition holds. */
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  /** Logical id to the logical ids of those that have to exist before. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly #conditions = new Map<string, boolean | "evaluating">();

  /** @throws AwsError for all that is wrong with the template and can be known before anything is created */
  constructor(input: DeploymentInput) {
    const { template } = input;
    this.input = input;
    checkTypes(unconditional(template), input.provider);
    checkReferences(template, (type) => attributesOf(input.provider(type)));
    for (const name of template.conditions.keys()) this.condition(name);
    this.resources = new Map(
      [...template.resources].filter(([, { condition }]) => condition === undefined || this.condition(condition)),
    );
    checkTypes(this.resources, input.provider);
    this.dependencies = this.#dependencies();
    checkAcyclic(this.dependencies);
  }

  /**
   * Evaluates every resource as far as it can be known and refuses what its type does not take.
   * @throws AwsError ValidationError
   */
  checkResources(): void {
    for (const id of this.resources.keys()) {
      const { violations } = this.evaluateResource(id, NOTHING_BEGUN);
      if (violations.length > 0)
        throw validationError(violationText(id, this.resources.get(id)?.type ?? "", violations));
    }
  }

  /** @throws AwsError ValidationError when the parameters are not what the template's Rules assert */
  checkRules(): void {
    checkRules(this.input.template.rules, (node) => evaluate(node, this.#scope(NOTHING_KNOWN)));
  }

  /** @throws AwsError InsufficientCapabilitiesException */
  checkCapabilities(given: readonly string[]): void {
    const { needed } = this.capabilities();
    const [name] = needed;
    if (name === undefined || given.includes("CAPABILITY_NAMED_IAM")) return;
    if (name === "CAPABILITY_IAM" && given.includes(name)) return;
    throw insufficientCapabilities(needed);
  }

  /** The capability that the template's IAM resources ask for, and their types. */
  capabilities(): { needed: string[]; types: string[] } {
    return templateCapabilities(this.input.template, this.input.provider);
  }

  condition(name: string): boolean {
    const known = this.#conditions.get(name);
    if (known === "evaluating") throw templateFormatError(`Circular dependencies for conditions: [${name}]`);
    if (known !== undefined) return known;
    const node = this.input.template.conditions.get(name);
    if (node === undefined) {
      throw templateFormatError(`Unresolved condition dependency ${name} in the Conditions block of the template`);
    }
    this.#conditions.set(name, "evaluating");
    const value = evaluateCondition(node, this.#scope(NOTHING_KNOWN));
    this.#conditions.set(name, value);
    return value;
  }

  /** The properties of a resource, in the types of its table, with the stack's tags. */
  evaluateResource(id: string, resolver: Resolver): EvaluatedResource {
    const definition = this.resources.get(id);
    const provider = definition && this.input.provider(definition.type);
    if (!definition || !provider) throw new Error(`no resource ${id}`);
    const evaluated = evaluate(definition.properties, this.#scope(resolver));
    const given = isObject(evaluated) ? evaluated : {};
    const { properties, violations } = checkProperties(provider.properties, given, provider.anyProperty);
    const reference = dynamicReferenceComplaint(definition.type, properties);
    if (reference) return { properties, violations: [reference] };
    const complaint = violations.length === 0 ? provider.check?.(...knownAndLater(properties)) : undefined;
    return {
      properties: withStackTags(provider, properties, this.input.tags),
      violations: complaint === undefined ? violations : [{ text: complaint }],
    };
  }

  /** @throws AwsError ValidationError when an output is not a string */
  evaluateOutputs(resolver: Resolver): EvaluatedOutput[] {
    const scope = this.#scope(resolver);
    const outputs: EvaluatedOutput[] = [];
    for (const [key, { value, description, exportName, condition }] of this.input.template.outputs) {
      if (condition !== undefined && !this.condition(condition)) continue;
      const evaluated = evaluate(value, scope);
      if (typeof evaluated === "object" || typeof evaluated === "symbol") {
        throw templateFormatError("The Value field of every Outputs member must evaluate to a String.");
      }
      const name = exportName === undefined ? undefined : evaluate(exportName, scope);
      if (name !== undefined && (typeof name === "object" || name === "" || typeof name === "symbol")) {
        throw templateError("The Name field of every Export member must evaluate to a String.");
      }
      if (hasDynamicReference(evaluated)) throw unsupported(`A dynamic reference in an output (${key})`);
      outputs.push({
        key,
        value: String(evaluated),
        description,
        exportName: name === undefined ? undefined : String(name),
      });
    }
    return outputs;
  }

  /** The names that the active resources and outputs import. */
  imports(): string[] {
    const names = new Set<string>();
    const scope: Scope = {
      ...this.#scope(NOTHING_KNOWN),
      exported: (name) => {
        names.add(name);
        return new Unknown([]);
      },
    };
    for (const { properties } of this.resources.values()) evaluate(properties, scope);
    for (const { value, condition } of this.input.template.outputs.values()) {
      if (condition === undefined || this.condition(condition)) evaluate(value, scope);
    }
    return [...names];
  }

  /** A name that is imported and that nobody exports. */
  missingImport(): string | undefined {
    return this.imports().find((name) => this.input.exported(name) === undefined);
  }

  #dependencies(): ReadonlyMap<string, readonly string[]> {
    const choose = (condition: string) => this.condition(condition);
    const all = new Map<string, readonly string[]>();
    for (const [id, { properties, dependsOn }] of this.resources) {
      const on = new Set(dependsOn.filter((name) => this.resources.has(name)));
      for (const { kind, name } of references(properties, choose)) {
        if (kind === "condition" || !this.input.template.resources.has(name)) continue;
        if (!this.resources.has(name)) throw unresolved([name], "Resources");
        on.add(name);
      }
      all.set(id, [...on]);
    }
    for (const { value, condition, exportName } of this.input.template.outputs.values()) {
      if (condition !== undefined && !this.condition(condition)) continue;
      for (const { kind, name } of references([value, exportName ?? ""], choose)) {
        if (kind === "condition" || !this.input.template.resources.has(name)) continue;
        if (!this.resources.has(name)) throw validationError(unresolvedText([name], "Outputs"));
      }
    }
    return all;
  }

  #scope(resolver: Resolver): Scope {
    const { template, exported } = this.input;
    return {
      mappings: template.mappings,
      languageExtensions: template.languageExtensions,
      condition: (name) => this.condition(name),
      reference: (name) => this.#reference(name, resolver),
      attribute: (id, name) => {
        if (!template.resources.has(id))
          throw templateError(`instance of Fn::GetAtt references undefined resource ${id}`);
        return resolver.attribute(id, name);
      },
      exported: (name) => {
        const value = exported(name) ?? resolver.missingExport?.(name);
        if (value === undefined) throw validationError(noExport(name));
        return value;
      },
      availabilityZones: (region) => ["a", "b", "c"].map((zone) => `${region}${zone}`),
    };
  }

  #reference(name: string, resolver: Resolver): Evaluated | undefined {
    const { template, parameters, resolved = {}, account, region, stackName, stackId, notificationArns } = this.input;
    const definition = template.parameters.get(name);
    if (definition) return parameterReference(definition, parameters[name] ?? "", resolved[name]);
    if (template.resources.has(name)) return resolver.reference(name);
    switch (name as (typeof PSEUDO_PARAMETERS)[number]) {
      case "AWS::AccountId":
        return account;
      case "AWS::NoValue":
        return NO_VALUE;
      case "AWS::NotificationARNs":
        return [...notificationArns];
      case "AWS::Partition":
        return partition(region);
      case "AWS::Region":
        return region;
      case "AWS::StackId":
        return stackId;
      case "AWS::StackName":
        return stackName;
      case "AWS::URLSuffix":
        return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
      default:
        return undefined;
    }
  }
}

export const partition = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

type Resources = ReadonlyMap<string, ResourceDefinition>;

/** The resources that there are whatever the parameters say: a type behind a condition that does not hold is never needed. */
export const unconditional = ({ resources }: Template): Resources =>
  new Map([...resources].filter(([, { condition }]) => condition === undefined));

/** Refuses resource types that Headwater has no provider for, all at once, before anything is created. */
export function checkTypes(resources: Resources, provider: (type: string) => AnyProvider | undefined): void {
  const missing = new Set([...resources.values()].map(({ type }) => type).filter((type) => !provider(type)));
  if (missing.size > 0) {
    throw templateFormatError(`Unrecognized resource types: [${[...missing].join(", ")}] (not supported by Headwater)`);
  }
  for (const [id, resource] of resources) {
    if (resource.deletionPolicy === "Snapshot" || resource.updateReplacePolicy === "Snapshot") {
      throw templateError(`resource type ${resource.type} does not support deletion policy Snapshot (resource ${id})`);
    }
  }
}

export function templateCapabilities(template: Template, provider: (type: string) => AnyProvider | undefined) {
  const iam = [...template.resources.values()].flatMap(({ type, properties }) => {
    const rule = provider(type)?.iam;
    return rule ? [{ type, named: rule.nameProperty !== undefined && rule.nameProperty in properties }] : [];
  });
  const capability = iam.some(({ named }) => named) ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM";
  return { needed: iam.length > 0 ? [capability] : [], types: [...new Set(iam.map(({ type }) => type))] };
}

/** CloudFormation's text for properties that a resource's schema does not allow. */
export function violationText(id: string, type: string, violations: readonly Violation[]): string {
  const refused = violations.filter((violation) => violation.refused);
  if (refused.length > 0) {
    return refused.map(({ text }) => `Resource ${id}: property ${type}.${text}.`).join(" ");
  }
  const [only, ...more] = violations.map(({ text }) => text);
  const summary = more.length === 0 ? [] : [`#: ${violations.length} schema violations found`];
  return `Properties validation failed for resource ${id} with message:\n${[...summary, only, ...more].join("\n")}`;
}

/** The properties that are known through and through, and the names of those that are not yet. */
export function knownAndLater(properties: { [name: string]: Evaluated }): [Record<string, never>, string[]] {
  const all = Object.entries(properties);
  const later = all.filter(([, value]) => unknownsIn(value).length > 0).map(([name]) => name);
  return [Object.fromEntries(all.filter(([name]) => !later.includes(name))) as Record<string, never>, later];
}

function withStackTags(
  provider: AnyProvider,
  properties: { [name: string]: Evaluated },
  stackTags: readonly Tag[],
): { [name: string]: Evaluated } {
  if (stackTags.length === 0 || !("Tags" in provider.properties) || properties.Tags instanceof Unknown)
    return properties;
  if (provider.properties.Tags?.kind === "map") {
    const inherited = Object.fromEntries(stackTags.map(({ Key, Value }) => [Key, Value]));
    return { ...properties, Tags: { ...inherited, ...(properties.Tags as { [name: string]: Evaluated } | undefined) } };
  }
  const own = (properties.Tags ?? []) as unknown as Tag[];
  const inherited = stackTags.filter(({ Key }) => !own.some((tag) => tag.Key === Key));
  return { ...properties, Tags: [...own, ...inherited] as unknown as Evaluated };
}

/** The values of a resource that is about to be made: nothing in them is unknown any more. */
export const knownProperties = (properties: { [name: string]: Evaluated }): { [name: string]: Json } =>
  properties as { [name: string]: Json };

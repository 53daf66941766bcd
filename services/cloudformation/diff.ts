import type { ResourceAttribute, ResourceChange, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import { type Deployment, knownAndLater, type Resolver } from "./deployment.ts";
import { validationError } from "./errors.ts";
import type { ResourceRecord } from "./model.ts";
import { type AnyProvider, canonical, sameValue } from "./provider.ts";
import { references } from "./template/references.ts";
import type { ResourceDefinition, Template } from "./template/template.ts";
import { type Evaluated, type Json, Unknown, unknownsIn } from "./template/value.ts";

/** What a stack is made from now; undefined for one that is to be created. */
export interface Present {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: readonly ResourceRecord[];
}

/** What CloudFormation shows for a value that only the execution will bring. */
const KNOWN_AFTER_EXECUTION = "{{changeSet:KNOWN_AFTER_APPLY}}";

/**
 * The changes that a template would make to a stack, in order of their execution.
 * @throws AwsError ValidationError
 */
export function resourceChanges(next: Deployment, present: Present | undefined): ResourceChange[] {
  return new Differ(next, present).changes();
}

class Differ {
  readonly #next: Deployment;
  readonly #present: Present | undefined;
  readonly #records: ReadonlyMap<string, ResourceRecord>;
  /** Logical ids whose physical id the changes may change. */
  readonly #replaced = new Set<string>();
  readonly #modified = new Set<string>();

  constructor(next: Deployment, present: Present | undefined) {
    this.#next = next;
    this.#present = present;
    this.#records = new Map(present?.resources.map((record) => [record.logicalId, record]));
  }

  changes(): ResourceChange[] {
    this.#refuseNewTypes();
    const changes = this.#inOrder().flatMap((id) => this.#change(id) ?? []);
    for (const record of this.#records.values()) {
      if (!this.#next.resources.has(record.logicalId)) changes.push(removal(record));
    }
    return changes;
  }

  #refuseNewTypes(): void {
    const changed = [...this.#next.resources].filter(
      ([id, { type }]) => (this.#records.get(id)?.type ?? type) !== type,
    );
    if (changed.length === 0) return;
    throw validationError(
      "Update of resource type is not permitted. The new template modifies resource type of the following resources: " +
        `[${changed.map(([id]) => id).join(", ")}]`,
    );
  }

  /** The logical ids, each after those that it depends on. */
  #inOrder(): string[] {
    const order = new Set<string>();
    const visit = (id: string) => {
      if (order.has(id)) return;
      for (const each of this.#next.dependencies.get(id) ?? []) visit(each);
      order.add(id);
    };
    for (const id of this.#next.resources.keys()) visit(id);
    return [...order];
  }

  #change(id: string): ResourceChange | undefined {
    const definition = this.#next.resources.get(id) as ResourceDefinition;
    const record = this.#records.get(id);
    const { properties } = this.#next.evaluateResource(id, this.#resolver());
    if (!record || record.physicalId === undefined) {
      const after = JSON.stringify({ Properties: shown(properties) });
      return {
        Action: "Add",
        LogicalResourceId: id,
        ResourceType: definition.type,
        Scope: [],
        Details: [],
        AfterContext: after,
      };
    }
    const provider = this.#next.input.provider(definition.type) as AnyProvider;
    const details = [
      ...this.#propertyDetails(id, provider, definition, record, properties),
      ...attributeDetails(definition, record),
    ];
    if (details.length === 0) return undefined;
    const replacement = replacementOf(details);
    this.#modified.add(id);
    if (replacement !== "False") this.#replaced.add(id);
    return {
      PolicyAction: replacement === "False" ? undefined : policyAction(definition.updateReplacePolicy, "ReplaceAnd"),
      Action: "Modify",
      LogicalResourceId: id,
      PhysicalResourceId: record.physicalId,
      ResourceType: definition.type,
      Replacement: replacement,
      Scope: [...new Set(details.map(({ Target }) => Target?.Attribute as ResourceAttribute))],
      Details: details,
      BeforeContext: JSON.stringify({ Properties: record.properties }),
      AfterContext: JSON.stringify({ Properties: shown(properties) }),
    };
  }

  #resolver(): Resolver {
    const known = (id: string) => (this.#replaced.has(id) ? undefined : this.#records.get(id));
    return {
      reference: (id) => known(id)?.physicalId ?? new Unknown([id]),
      attribute: (id, name) => known(id)?.attributes[name] ?? new Unknown([`${id}.${name}`]),
    };
  }

  #propertyDetails(
    id: string,
    provider: AnyProvider,
    definition: ResourceDefinition,
    record: ResourceRecord,
    after: { [name: string]: Evaluated },
  ): ResourceChangeDetail[] {
    const before = { ...record.properties, ...record.unresolved } as { [name: string]: Evaluated };
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = names.filter((name) => differs(before[name], after[name]));
    const conditional = provider.replacedBy?.(record.properties, knownAndLater(after)[0]) ?? [];
    return changed.flatMap((name) => {
      const property = provider.properties[name];
      const recreation =
        property?.onChange === "replace" ? "Always" : conditional.includes(name) ? "Conditionally" : "Never";
      return this.#causes(id, definition, name).map((cause): ResourceChangeDetail => ({
        ...cause,
        Evaluation: unknownsIn(after[name] ?? null).length > 0 ? "Dynamic" : cause.Evaluation,
        Target: {
          Attribute: name === "Tags" ? "Tags" : "Properties",
          ...(name !== "Tags" && { Name: name }),
          RequiresRecreation: recreation,
          Path: `/Properties/${name}`,
          BeforeValue: text(before[name]),
          AfterValue: text(after[name]),
          AttributeChangeType: name in before ? (name in after ? "Modify" : "Remove") : "Add",
        },
      }));
    });
  }

  /** Why a property differs: its text in the template, a parameter, or another resource that changes. */
  #causes(id: string, definition: ResourceDefinition, name: string): ResourceChangeDetail[] {
    const raw = definition.properties[name];
    const old = this.#present?.template.resources.get(id)?.properties[name];
    const causes: ResourceChangeDetail[] = [];
    for (const reference of references(raw ?? "", (condition) => this.#next.condition(condition))) {
      if (reference.kind === "condition") continue;
      if (reference.kind === "ref" && this.#parameterChanged(reference.name)) {
        causes.push({ Evaluation: "Static", ChangeSource: "ParameterReference", CausingEntity: reference.name });
      } else if (reference.kind === "ref" && this.#replaced.has(reference.name)) {
        causes.push({ Evaluation: "Dynamic", ChangeSource: "ResourceReference", CausingEntity: reference.name });
      } else if (reference.kind === "attribute" && this.#modified.has(reference.name)) {
        const entity = `${reference.name}.${reference.attribute ?? ""}`;
        causes.push({ Evaluation: "Dynamic", ChangeSource: "ResourceAttribute", CausingEntity: entity });
      }
    }
    const direct = !sameValue(raw, old);
    if (causes.some(({ ChangeSource }) => ChangeSource === "ParameterReference")) {
      causes.push({ Evaluation: direct ? "Static" : "Dynamic", ChangeSource: "DirectModification" });
    } else if (direct || causes.length === 0) {
      causes.push({ Evaluation: "Static", ChangeSource: "DirectModification" });
    }
    return causes;
  }

  #parameterChanged(name: string): boolean {
    const { parameters, resolved = {} } = this.#next.input;
    const next = { ...parameters, ...resolved };
    return name in next && this.#present?.parameters[name] !== next[name];
  }
}

function attributeDetails(definition: ResourceDefinition, record: ResourceRecord): ResourceChangeDetail[] {
  const compared: [ResourceAttribute, Json | undefined, Json | undefined][] = [
    ["Metadata", record.metadata, definition.metadata],
    ["DeletionPolicy", record.deletionPolicy, definition.deletionPolicy],
    ["UpdateReplacePolicy", record.updateReplacePolicy, definition.updateReplacePolicy],
  ];
  return compared
    .filter(([, before, after]) => !sameValue(before, after))
    .map(([attribute]) => ({
      Target: { Attribute: attribute, RequiresRecreation: "Never" },
      Evaluation: "Static",
      ChangeSource: "DirectModification",
    }));
}

const differs = (before: Evaluated | undefined, after: Evaluated | undefined): boolean =>
  (after !== undefined && unknownsIn(after).length > 0) || !sameValue(before, after);

function replacementOf(details: readonly ResourceChangeDetail[]): "True" | "False" | "Conditional" {
  const always = details.filter(({ Target }) => Target?.RequiresRecreation === "Always");
  if (always.some(({ Evaluation }) => Evaluation === "Static")) return "True";
  const maybe = always.length > 0 || details.some(({ Target }) => Target?.RequiresRecreation === "Conditionally");
  return maybe ? "Conditional" : "False";
}

const policyAction = <P extends "" | "ReplaceAnd">(policy: string, prefix: P) =>
  `${prefix}${policy === "Retain" ? "Retain" : "Delete"}` as const;

const removal = (record: ResourceRecord): ResourceChange => ({
  PolicyAction: record.deletionPolicy.startsWith("Retain") ? "Retain" : "Delete",
  Action: "Remove",
  LogicalResourceId: record.logicalId,
  PhysicalResourceId: record.physicalId,
  ResourceType: record.type,
  Scope: [],
  Details: [],
  BeforeContext: JSON.stringify({ Properties: record.properties }),
});

function shown(value: Evaluated): Json {
  if (value instanceof Unknown) return KNOWN_AFTER_EXECUTION;
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== "object") return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

function text(value: Evaluated | undefined): string | undefined {
  if (value === undefined) return undefined;
  const plain = shown(value);
  return typeof plain === "object" ? canonical(plain) : String(plain);
}

import { evaluateCondition } from "../../services/cloudformation/template/conditions.ts";
import { evaluate, type Scope } from "../../services/cloudformation/template/functions.ts";
import { parameterReference, resolveParameters } from "../../services/cloudformation/template/parameters.ts";
import { readTemplate } from "../../services/cloudformation/template/template.ts";
import { type Evaluated, NO_VALUE, Unknown } from "../../services/cloudformation/template/value.ts";

/** A resource of a template, with its properties as the parameters make them. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** A value that only the deployment knows is Unknown. */
  readonly properties: Readonly<Record<string, Evaluated>>;
}

/** The resources that a template makes with these parameters, by the emulator's template engine. */
export function evaluatedResources(
  text: string,
  given: Readonly<Record<string, string>>,
  { region, stack }: { readonly region: string; readonly stack: string },
): Resource[] {
  const template = readTemplate(text);
  const inputs = Object.entries(given).filter(([name]) => template.parameters.has(name));
  const values = resolveParameters(
    template.parameters,
    inputs.map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    undefined,
  );
  const pseudo: Readonly<Record<string, Evaluated>> = {
    "AWS::NoValue": NO_VALUE,
    "AWS::Region": region,
    "AWS::StackName": stack,
  };
  const scope: Scope = {
    mappings: template.mappings,
    languageExtensions: template.languageExtensions,
    condition: (name) => evaluateCondition(template.conditions.get(name) ?? null, scope),
    reference(name) {
      const definition = template.parameters.get(name);
      if (definition) return parameterReference(definition, values[name] ?? "");
      return pseudo[name] ?? new Unknown([name]);
    },
    attribute: (id, name) => new Unknown([`${id}.${name}`]),
    exported: (name) => new Unknown([name]),
    availabilityZones: () => [],
  };
  return [...template.resources]
    .filter(([, { condition }]) => condition === undefined || scope.condition(condition))
    .map(([id, { type, properties }]) => ({
      id,
      type,
      properties: evaluate(properties, scope) as Resource["properties"],
    }));
}

/** Whether a value is of another resource: its name, or an attribute such as its ARN. */
export const refersTo = (value: Evaluated | undefined, id: string): boolean => {
  if (value instanceof Unknown) return value.sources.some((source) => source === id || source.startsWith(`${id}.`));
  if (Array.isArray(value)) return value.some((each) => refersTo(each, id));
  return typeof value === "object" && value !== null && Object.values(value).some((each) => refersTo(each, id));
};

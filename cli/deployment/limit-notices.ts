import type { Limit, Setting } from "../../localstack/limits.ts";
import { evaluatedResources, type Resource } from "./evaluated-template.ts";
import type { Target } from "../targets/index.ts";
import type { Deployment } from "./deployment.ts";

/** What of a deployment its target takes and does nothing with: a line for each limit of the target that it meets. */
export function limitNotices(
  { pipeline: { name }, template, planned }: Pick<Deployment, "pipeline" | "template" | "planned">,
  { limits, clientConfig: { region } }: Target,
): string[] {
  if (!limits || !planned) return [];
  const resources = evaluatedResources(template, planned.parameters, { region, stack: name });
  const table = Object.values(limits.table);
  const settings = table.flatMap((limit) => settingsLost(limit, resources));
  const updated = planned.changes.flatMap(({ ResourceChange: it }) =>
    it?.Action === "Modify" && it.Replacement !== "True" ? [{ id: it.LogicalResourceId!, type: it.ResourceType! }] : [],
  );
  const changes = table.flatMap(({ updatesOf = [], localstack }) => {
    const ids = updated.filter(({ type }) => updatesOf.includes(type)).map(({ id }) => id);
    return ids.length > 0 ? [`  ${ids.join(", ")}: ${localstack}`] : [];
  });
  return [
    ...headed(`${name}: ${limits.of} takes these settings and does nothing with them:`, settings),
    ...headed(`${name}: ${limits.of} takes these changes and does nothing with them:`, changes),
  ];
}

const headed = (head: string, lines: readonly string[]): string[] => (lines.length > 0 ? [head, ...lines] : []);

function settingsLost({ settings = [], localstack }: Limit, resources: readonly Resource[]): string[] {
  const lost = settings.flatMap((setting) => {
    const ids = resources.filter((resource) => isLost(setting, resource)).map(({ id }) => id);
    return ids.length > 0 ? [`${setting.property} of ${ids.join(", ")}`] : [];
  });
  return lost.length > 0 ? [`  ${lost.join("; ")}:`, `    ${localstack}`] : [];
}

function isLost({ type, property, isLost: isValueLost = () => true }: Setting, resource: Resource): boolean {
  if (resource.type !== type) return false;
  let value: unknown = resource.properties;
  for (const name of property.split(".")) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return value !== undefined && isValueLost(value);
}

import { tooManyLabels, versionNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireParameter } from "../lookup.ts";

const MOST_LABELS = 10;
const isValid = (label: string): boolean => /^(?!\d|aws|ssm)[a-zA-Z0-9_.-]{1,100}$/i.test(label);

/**
 * Gives labels to a version of a parameter (the latest, unless one is named); another version that has one loses it.
 * @throws ParameterNotFound, ParameterVersionNotFound, ParameterVersionLabelLimitExceeded
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html
 */
export const labelParameterVersion: Operation<"LabelParameterVersion"> = (ctx, input) => {
  const { name, latest } = requireParameter(ctx, input.Name);
  const number = input.ParameterVersion ?? latest;
  const labels = [...new Set(input.Labels)];
  const valid = labels.filter(isValid);
  const versions = ctx.store.versions(name);
  if (!versions.some(({ version }) => version === number)) throw versionNotFound(name, number);
  const changed = versions.map((each) => {
    const others = each.labels.filter((label) => !valid.includes(label));
    return each.version === number ? { ...each, labels: [...others, ...valid] } : { ...each, labels: others };
  });
  if (changed.some((each) => each.labels.length > MOST_LABELS)) throw tooManyLabels();
  ctx.store.putLabels(name, changed);
  return { InvalidLabels: labels.filter((label) => !isValid(label)), ParameterVersion: number };
};

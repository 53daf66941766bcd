import { versionNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireParameter } from "../lookup.ts";

/**
 * Takes labels away from a version of a parameter; those that it has not are told apart.
 * @throws ParameterNotFound, ParameterVersionNotFound
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UnlabelParameterVersion.html
 */
export const unlabelParameterVersion: Operation<"UnlabelParameterVersion"> = (ctx, input) => {
  const { name } = requireParameter(ctx, input.Name);
  const version = ctx.store.version(name, input.ParameterVersion);
  if (!version) throw versionNotFound(name, input.ParameterVersion);
  const removed = input.Labels.filter((label) => version.labels.includes(label));
  ctx.store.putLabels(name, [{ ...version, labels: version.labels.filter((label) => !removed.includes(label)) }]);
  return { RemovedLabels: removed, InvalidLabels: input.Labels.filter((label) => !removed.includes(label)) };
};

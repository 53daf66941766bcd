import { aliasConfiguration, checkRouting, weightsOf } from "../aliases.ts";
import { functionArn } from "../arn.ts";
import { notFound, preconditionFailed } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";
import type { Alias } from "../model.ts";

/**
 * Points an alias to another version, or shares its invocations differently; what the request does not name stays.
 * @throws ResourceNotFoundException, PreconditionFailedException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
 */
export const updateAlias: Operation<"UpdateAlias"> = ({ store, ids }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  const alias = store.alias(name, input.Name);
  if (!alias) throw notFound(`Alias not found: ${functionArn(store.scope, name, input.Name)}`);
  if (input.RevisionId !== undefined && input.RevisionId !== alias.revisionId) throw preconditionFailed("alias");
  const weights = input.RoutingConfig ? weightsOf(input.RoutingConfig) : alias.weights;
  const updated: Alias = {
    name: alias.name,
    version: input.FunctionVersion ?? alias.version,
    description: input.Description ?? alias.description,
    ...(weights && { weights }),
    revisionId: ids.uuid(),
  };
  checkRouting(store, name, updated.version, updated.weights);
  store.putAlias(name, updated);
  return aliasConfiguration(store, name, updated);
};

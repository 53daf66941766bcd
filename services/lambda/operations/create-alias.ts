import { aliasConfiguration, checkRouting, weightsOf } from "../aliases.ts";
import { functionArn } from "../arn.ts";
import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";
import type { Alias } from "../model.ts";

/**
 * Names a version, or two with a share of the invocations for the second.
 * @throws ResourceNotFoundException, ResourceConflictException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
 */
export const createAlias: Operation<"CreateAlias"> = ({ store, ids }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  const weights = weightsOf(input.RoutingConfig);
  checkRouting(store, name, input.FunctionVersion, weights);
  if (store.alias(name, input.Name)) {
    throw conflict(`Alias already exists: ${functionArn(store.scope, name, input.Name)}`);
  }
  const alias: Alias = {
    name: input.Name,
    version: input.FunctionVersion,
    description: input.Description ?? "",
    ...(weights && { weights }),
    revisionId: ids.uuid(),
  };
  store.putAlias(name, alias);
  return aliasConfiguration(store, name, alias);
};

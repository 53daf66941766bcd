import { aliasConfiguration } from "../aliases.ts";
import { functionArn } from "../arn.ts";
import { aliasNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

/**
 * Describes an alias.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html
 */
export const getAlias: Operation<"GetAlias"> = ({ store }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  const alias = store.alias(name, input.Name);
  if (!alias) throw aliasNotFound(functionArn(store.scope, name, input.Name));
  return aliasConfiguration(store, name, alias);
};

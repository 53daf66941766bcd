import { functionArn, isVersion, parseReference } from "../arn.ts";
import { conflict, functionNotFound, invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { LATEST } from "../model.ts";

/**
 * Deletes a function with its versions and aliases, or one version. Invocations that run may end.
 * @throws ResourceNotFoundException, ResourceConflictException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
 */
export const deleteFunction: Operation<"DeleteFunction"> = ({ store, engine }, input) => {
  const { name, qualifier } = parseReference(store.scope, input.FunctionName, input.Qualifier);
  const versions = store.versions(name);
  if (versions.length === 0) throw functionNotFound(functionArn(store.scope, name, qualifier));
  if (qualifier === undefined) store.removeFunction(name);
  else removeVersion(store, name, qualifier);
  engine.invoker.changed(store.scope, name);
  for (const version of versions) engine.invoker.changed(store.scope, name, version);
  return { StatusCode: 204 };
};

function removeVersion(
  store: Parameters<Operation<"DeleteFunction">>[0]["store"],
  name: string,
  qualifier: string,
): void {
  if (qualifier === LATEST) {
    throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
  }
  if (!isVersion(qualifier)) {
    throw invalidParameter(
      "Deletion of aliases is not currently supported. Please use DeleteAlias to delete an alias.",
    );
  }
  const alias = store
    .aliases(name)
    .find(({ version, weights }) => version === qualifier || weights?.[qualifier] !== undefined);
  if (alias) throw conflict(`Cannot delete function version ${qualifier}: the alias ${alias.name} refers to it.`);
  store.removeVersion(name, qualifier);
}

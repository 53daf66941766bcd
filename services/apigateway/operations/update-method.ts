import { unsupported } from "../../../emulator/model/errors.ts";
import { contentTypeNotFound, parameterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { putMethod, requireMethod } from "../lookup.ts";
import { checkMethod } from "../method.ts";
import type { Method } from "../model.ts";
import { applyPatches, compact, entries, isTrue, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { methodView } from "../views.ts";

/** A map that lost its last entry is gone. */
const orNone = <V>(map: Record<string, V>): Record<string, V> | undefined =>
  Object.keys(map).length === 0 ? undefined : map;

const RULES: readonly PatchRule<Method>[] = [
  replaces("/authorizationType", (type) => ({ authorizationType: type as Method["authorizationType"] })),
  replaces("/authorizerId", (id) => ({ authorizerId: orUndefined(id) })),
  replaces("/apiKeyRequired", (value) => ({ apiKeyRequired: isTrue(value) })),
  replaces("/operationName", (name) => ({ operationName: orUndefined(name) })),
  replaces("/requestValidatorId", (id) => ({ requestValidatorId: orUndefined(id) })),
  entries(
    "/requestParameters",
    (method) => method.requestParameters,
    (method, map) => ({ ...method, requestParameters: orNone(map) as Record<string, boolean> }),
    isTrue,
    parameterNotFound,
  ),
  entries(
    "/requestModels",
    (method) => method.requestModels,
    (method, map) => ({ ...method, requestModels: orNone(map) as Record<string, string> }),
    (name) => name ?? "",
    contentTypeNotFound,
  ),
  {
    path: "/authorizationScopes",
    ops: ["add", "remove", "replace"],
    apply() {
      throw unsupported("authorizationScopes of a method");
    },
  },
];

/**
 * Changes the settings of a method.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateMethod.html
 */
export const updateMethod: Operation<"UpdateMethod"> = ({ store }, input) => {
  const { api, method: before } = requireMethod(store, input);
  const patched = applyPatches(before, input.patchOperations, RULES, "plain");
  // AWS takes an authorizer for a method that has none to ask, and forgets it
  const method = patched.authorizationType === "CUSTOM" ? patched : compact({ ...patched, authorizerId: undefined });
  checkMethod(api.definition, method);
  putMethod(store, input, method);
  return methodView(method);
};

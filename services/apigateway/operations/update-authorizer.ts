import { unsupported } from "../../../emulator/model/errors.ts";
import { checkAuthorizer } from "../authorizer.ts";
import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireAuthorizer } from "../lookup.ts";
import type { Authorizer } from "../model.ts";
import { applyPatches, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { authorizerView } from "../views.ts";

/** What may be taken away by an empty text. */
const text = (
  member: "authType" | "authorizerUri" | "authorizerCredentials" | "identitySource" | "identityValidationExpression",
): PatchRule<Authorizer> => replaces(`/${member}`, (value) => ({ [member]: orUndefined(value) }));

const RULES: readonly PatchRule<Authorizer>[] = [
  replaces("/name", (name) => ({ name })),
  replaces("/type", (type) => {
    if (type === "COGNITO_USER_POOLS") throw unsupported("The authorizer type COGNITO_USER_POOLS");
    if (type !== "TOKEN" && type !== "REQUEST") {
      throw badRequest("Invalid authorizer type specified. Valid options are TOKEN,REQUEST,COGNITO_USER_POOLS");
    }
    return { type };
  }),
  text("authType"),
  replaces("/authorizerUri", (authorizerUri) => ({ authorizerUri })),
  text("authorizerCredentials"),
  text("identitySource"),
  text("identityValidationExpression"),
  replaces("/authorizerResultTtlInSeconds", (value) => ({ authorizerResultTtlInSeconds: Number(value) })),
  {
    path: "/providerARNs",
    ops: ["add", "remove"],
    apply() {
      throw unsupported("The authorizer type COGNITO_USER_POOLS");
    },
  },
];

/**
 * Changes the settings of an authorizer.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAuthorizer.html
 */
export const updateAuthorizer: Operation<"UpdateAuthorizer"> = (
  { store },
  { restApiId, authorizerId, patchOperations },
) => {
  const before = requireAuthorizer(store, restApiId, authorizerId);
  const authorizer = applyPatches(before, patchOperations, RULES, "listed");
  checkAuthorizer(authorizer);
  store.changeDefinition(restApiId, ({ authorizers }) => ({
    authorizers: { ...authorizers, [authorizerId]: authorizer },
  }));
  return authorizerView(authorizer);
};

import { unsupported } from "../../../emulator/model/errors.ts";
import { contentTypeNotFound, parameterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkIntegration } from "../integration.ts";
import { putMethod, requireIntegration } from "../lookup.ts";
import type { Integration } from "../model.ts";
import { applyPatches, entries, isTrue, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { integrationView } from "../views.ts";

const text = (
  path: string,
  member: "type" | "httpMethod" | "uri" | "credentials" | "passthroughBehavior" | "contentHandling" | "cacheNamespace",
): PatchRule<Integration> => replaces(path, (value) => ({ [member]: orUndefined(value) }));

const RULES: readonly PatchRule<Integration>[] = [
  text("/type", "type"),
  text("/httpMethod", "httpMethod"),
  text("/uri", "uri"),
  text("/credentials", "credentials"),
  text("/passthroughBehavior", "passthroughBehavior"),
  text("/contentHandling", "contentHandling"),
  text("/cacheNamespace", "cacheNamespace"),
  replaces("/timeoutInMillis", (value) => ({ timeoutInMillis: Number(value) })),
  replaces("/tlsConfig/insecureSkipVerification", (value) => ({ insecureSkipVerification: isTrue(value) })),
  entries(
    "/requestParameters",
    (integration) => integration.requestParameters,
    (integration, requestParameters) => ({ ...integration, requestParameters }),
    (value) => value ?? "",
    parameterNotFound,
  ),
  entries(
    "/requestTemplates",
    (integration) => integration.requestTemplates,
    (integration, requestTemplates) => ({ ...integration, requestTemplates }),
    (value) => value ?? "",
    contentTypeNotFound,
  ),
  {
    path: "/cacheKeyParameters/{parameter}",
    ops: ["add", "remove"],
    apply(integration, { op, keys: [parameter = ""] }) {
      const others = integration.cacheKeyParameters.filter((other) => other !== parameter);
      return { ...integration, cacheKeyParameters: op === "add" ? [...others, parameter] : others };
    },
  },
  ...["/connectionType", "/connectionId", "/responseTransferMode", "/integrationTarget"].map(
    (path): PatchRule<Integration> => ({
      path,
      ops: ["replace"],
      apply(integration, { value }) {
        if (value === "INTERNET" || value === "BUFFERED") return integration;
        throw unsupported(`${path.slice(1)} ${value ?? ""} of an integration`);
      },
    }),
  ),
];

/**
 * Changes what a method is backed by.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateIntegration.html
 */
export const updateIntegration: Operation<"UpdateIntegration"> = ({ store, account }, input) => {
  const { method, integration: before } = requireIntegration(store, input);
  const methodIntegration = applyPatches(before, input.patchOperations, RULES, "plain");
  checkIntegration(account, method, methodIntegration);
  putMethod(store, input, { ...method, methodIntegration });
  return integrationView(methodIntegration);
};

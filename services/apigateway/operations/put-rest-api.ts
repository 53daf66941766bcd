import { endpointConfiguration } from "../api-settings.ts";
import type { Operation } from "../index.ts";
import type { RestApi } from "../model.ts";
import { importDocument, importParameters } from "../openapi/import.ts";
import { apiView } from "../views.ts";

/**
 * Puts an OpenAPI or Swagger document in the place of the definition of an API, or on top of it.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html
 */
export const putRestApi: Operation<"PutRestApi"> = ({ store, ids, account }, input) => {
  const before = store.api(input.restApiId);
  const merges = (input.mode ?? "merge") === "merge";
  const parameters = importParameters(input.parameters);
  const { warnings, definition, ...info } = importDocument({
    account,
    apiId: before.id,
    ids,
    body: input.body as Uint8Array,
    parameters,
    failOnWarnings: input.failOnWarnings === true,
    ...(merges ? { onto: before.definition } : { rootResourceId: before.definition.rootResourceId }),
  });
  const type = parameters["endpointConfigurationTypes"];
  const api: RestApi = {
    ...before,
    ...(!merges && info),
    ...(type !== undefined && {
      endpointConfiguration: endpointConfiguration({ types: [type as "EDGE"] }, before.endpointConfiguration),
    }),
    definition,
  };
  store.putApi(api);
  return apiView(api, "always", warnings);
};

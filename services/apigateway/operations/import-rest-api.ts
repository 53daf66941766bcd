import { endpointConfiguration } from "../api-settings.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { RestApi } from "../model.ts";
import { importDocument, importParameters } from "../openapi/import.ts";
import { apiView } from "../views.ts";

/**
 * Creates an API from an OpenAPI or Swagger document.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html
 */
export const importRestApi: Operation<"ImportRestApi"> = ({ store, ids, clock, account }, input) => {
  const id = newId(ids);
  const parameters = importParameters(input.parameters);
  const type = parameters["endpointConfigurationTypes"];
  const body = input.body as Uint8Array;
  const failOnWarnings = input.failOnWarnings === true;
  const { warnings, ...imported } = importDocument({ account, apiId: id, ids, body, parameters, failOnWarnings });
  const api: RestApi = {
    id,
    ...imported,
    createdAt: clock.now(),
    endpointConfiguration: endpointConfiguration(type === undefined ? undefined : { types: [type as "EDGE"] }),
    tags: {},
  };
  store.putApi(api);
  return apiView(api, "when some", warnings);
};

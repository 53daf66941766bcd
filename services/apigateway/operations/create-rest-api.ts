import { compressionSize, endpointConfiguration, newDefinition, policyDocument } from "../api-settings.ts";
import { badRequest } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { RestApi } from "../model.ts";
import { compact } from "../patch.ts";
import { checkTags } from "../tags.ts";
import { apiView } from "../views.ts";

/**
 * Creates an API with its root resource and the models Empty and Error.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html
 */
export const createRestApi: Operation<"CreateRestApi"> = ({ store, ids, clock }, input) => {
  if (input.name.trim() === "") throw badRequest("API name cannot be blank");
  if (input.description === "") throw badRequest("Description cannot be an empty string");
  const api: RestApi = compact({
    id: newId(ids),
    name: input.name,
    description: input.description,
    version: input.version,
    createdAt: clock.now(),
    endpointConfiguration: endpointConfiguration(input.endpointConfiguration),
    tags: checkTags(input.tags ?? {}),
    definition: compact({
      ...newDefinition(ids),
      binaryMediaTypes: input.binaryMediaTypes ?? [],
      minimumCompressionSize:
        input.minimumCompressionSize === undefined ? undefined : compressionSize(input.minimumCompressionSize),
      apiKeySource: input.apiKeySource ?? "HEADER",
      policy: input.policy === undefined ? undefined : policyDocument(input.policy),
      disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    }),
  });
  store.putApi(api);
  return apiView(api, "when some");
};

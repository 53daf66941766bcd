import { unsupported } from "../../../emulator/model/errors.ts";
import { compressionSize, endpointConfiguration, policyDocument } from "../api-settings.ts";
import { badRequest, notFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { ApiDefinition, RestApi } from "../model.ts";
import { applyPatches, compact, isTrue, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { apiView } from "../views.ts";

const setting = (
  path: string,
  set: (value: string) => { readonly [K in keyof ApiDefinition]?: ApiDefinition[K] | undefined },
): PatchRule<RestApi> =>
  replaces(path, (value, api) => ({ definition: compact({ ...api.definition, ...set(value) }) }));

const refused = (path: string, what: string): PatchRule<RestApi> => ({
  path,
  ops: ["add", "remove", "replace"],
  apply() {
    throw unsupported(what);
  },
});

const RULES: readonly PatchRule<RestApi>[] = [
  replaces("/name", (name) => {
    if (name.trim() === "") throw badRequest("API name cannot be blank");
    return { name };
  }),
  {
    path: "/description",
    ops: ["replace", "remove"],
    apply: ({ description: _before, ...api }, { op, value = "" }) =>
      op === "remove" || value === "" ? api : { ...api, description: value },
  },
  replaces("/version", (version) => ({ version: orUndefined(version) })),
  setting("/policy", (policy) => ({ policy: policy === "" ? undefined : policyDocument(policy) })),
  setting("/apiKeySource", (source) => {
    if (source !== "HEADER" && source !== "AUTHORIZER") {
      throw badRequest("Invalid ApiKeySourceType specified. Valid options are HEADER,AUTHORIZER");
    }
    return { apiKeySource: source };
  }),
  setting("/minimumCompressionSize", (size) => ({
    minimumCompressionSize: size === "" ? undefined : compressionSize(Number(size)),
  })),
  setting("/disableExecuteApiEndpoint", (value) => ({ disableExecuteApiEndpoint: isTrue(value) })),
  {
    path: "/binaryMediaTypes/{mediaType}",
    ops: ["add", "remove", "replace"],
    apply(api, { op, value, keys: [type = ""] }) {
      const before = api.definition.binaryMediaTypes;
      if (op !== "add" && !before.includes(type)) throw notFound("Invalid binary media type specified");
      const kept = before.filter((other) => other !== type && (op !== "replace" || other !== value));
      const binaryMediaTypes = op === "remove" ? kept : [...kept, op === "add" ? type : (value ?? "")];
      return { ...api, definition: { ...api.definition, binaryMediaTypes } };
    },
  },
  {
    path: "/endpointConfiguration/types/{type}",
    ops: ["add", "remove", "replace"],
    apply(api, { op, value, keys: [type = ""] }) {
      const before: readonly string[] = api.endpointConfiguration.types;
      const added = op === "add" ? (value ?? type) : (value ?? "");
      if (op !== "remove" && !["REGIONAL", "EDGE", "PRIVATE"].includes(added)) {
        throw badRequest("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE");
      }
      if (op !== "add" && !/^\d+$/.test(type) && !before.includes(type))
        throw notFound("Invalid endpoint type specified");
      const types = op === "add" ? [...before, added] : op === "remove" ? [] : [added];
      const { ipAddressType } = api.endpointConfiguration;
      return { ...api, endpointConfiguration: endpointConfiguration({ types: types as "EDGE"[], ipAddressType }) };
    },
  },
  replaces("/endpointConfiguration/ipAddressType", (ipAddressType, api) => {
    if (ipAddressType !== "ipv4" && ipAddressType !== "dualstack") {
      throw badRequest("ipAddressType must be either ipv4 or dualstack.");
    }
    return { endpointConfiguration: { ...api.endpointConfiguration, ipAddressType } };
  }),
  refused("/endpointConfiguration/vpcEndpointIds", "vpcEndpointIds of a REST API"),
  refused("/securityPolicy", "securityPolicy of a REST API"),
  refused("/endpointAccessMode", "endpointAccessMode of a REST API"),
];

/**
 * Changes the settings of an API.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateRestApi.html
 */
export const updateRestApi: Operation<"UpdateRestApi"> = ({ store }, { restApiId, patchOperations }) => {
  const api = applyPatches(store.api(restApiId), patchOperations, RULES, "plain");
  store.putApi(api);
  return apiView(api);
};

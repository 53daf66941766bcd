import type { CreateRestApiRequest } from "@aws-sdk/client-api-gateway";
import { isStatement, parseDocument, statementsOf } from "../../emulator/authorization/document.ts";
import { unsupported } from "../../emulator/model/errors.ts";
import type { Ids } from "../../emulator/runtime/ids.ts";
import { badRequest } from "./errors.ts";
import { newId } from "./ids.ts";
import type { ApiDefinition, EndpointConfiguration, Model } from "./model.ts";

const LARGEST_COMPRESSION_SIZE = 10_485_760;

const defaultModels = (ids: Ids): Record<string, Model> => ({
  Empty: {
    id: newId(ids, 6),
    name: "Empty",
    description: "This is a default empty schema model",
    contentType: "application/json",
    schema:
      '{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title" : "Empty Schema",\n  "type" : "object"\n}',
  },
  Error: {
    id: newId(ids, 6),
    name: "Error",
    description: "This is a default error schema model",
    contentType: "application/json",
    schema:
      '{\n  "$schema" : "http://json-schema.org/draft-04/schema#",\n  "title" : "Error Schema",\n  "type" : "object",\n  "properties" : {\n    "message" : { "type" : "string" }\n  }\n}',
  },
});

/** An API without anything but its root and, unless it is imported, the two models that every API has. */
export function newDefinition(ids: Ids, models: "default models" | "no models" = "default models"): ApiDefinition {
  const rootResourceId = newId(ids);
  return {
    binaryMediaTypes: [],
    apiKeySource: "HEADER",
    disableExecuteApiEndpoint: false,
    rootResourceId,
    resources: { [rootResourceId]: { id: rootResourceId, path: "/", methods: {} } },
    models: models === "default models" ? defaultModels(ids) : {},
    validators: {},
    authorizers: {},
    gatewayResponses: {},
  };
}

/** @throws BadRequestException; unsupported for private APIs */
export function endpointConfiguration(
  given: CreateRestApiRequest["endpointConfiguration"],
  before: EndpointConfiguration = { types: ["EDGE"], ipAddressType: "ipv4" },
): EndpointConfiguration {
  const types: readonly string[] = given?.types ?? before.types;
  if (types.length === 0) throw badRequest("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.");
  if (types.length > 1) throw badRequest("Cannot create an api with multiple Endpoint Types.");
  if (types.includes("PRIVATE") || (given?.vpcEndpointIds ?? []).length > 0) {
    throw unsupported("The endpoint type PRIVATE of a REST API");
  }
  return {
    types: types.map((type) => (type === "REGIONAL" ? type : "EDGE")),
    ipAddressType: given?.ipAddressType ?? before.ipAddressType,
  };
}

/** @throws BadRequestException */
export function compressionSize(size: number): number {
  if (!Number.isInteger(size) || size < 0 || size > LARGEST_COMPRESSION_SIZE) {
    throw badRequest(`Invalid minimum compression size, must be between 0 and ${LARGEST_COMPRESSION_SIZE}`);
  }
  return size;
}

/** A resource policy, as it was written. @throws BadRequestException */
export function policyDocument(policy: string): string {
  const invalid = badRequest(
    "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
  );
  const document = parseDocument(policy);
  // a list of none is taken
  const hasStatements = (document?.["Statement"] ?? undefined) !== undefined;
  if (!document || !hasStatements || !statementsOf(document).every(isStatement)) throw invalid;
  return policy;
}

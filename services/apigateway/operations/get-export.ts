import { unsupported } from "../../../emulator/model/errors.ts";
import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireDeployment, requireStage } from "../lookup.ts";
import { exportDocument } from "../openapi/export.ts";
import { stringify } from "yaml";

const EXTENSIONS = ["integrations", "authorizers", "apigateway"] as const;

/** @throws unsupported for Postman's extensions and for parameters that are not known */
function extensionsOf(parameters: Readonly<Record<string, string>> = {}) {
  const { extensions = "", ...others } = parameters;
  const names = extensions.split(",").filter((name) => name !== "");
  const unknown = [...Object.keys(others), ...names.filter((name) => !EXTENSIONS.some((known) => known === name))];
  if (unknown.length > 0) throw unsupported(`The parameter ${unknown.join()} of an export`);
  return {
    integrations: names.includes("integrations"),
    authorizers: names.includes("authorizers"),
    apigateway: names.includes("apigateway"),
  };
}

/**
 * A stage of an API as an OpenAPI 3.0 or Swagger 2 document, in JSON or YAML.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
 */
export const getExport: Operation<"GetExport"> = ({ store, region }, input) => {
  const { restApiId, stageName, exportType, parameters, accepts = "application/json" } = input;
  const version = exportType === "oas30" ? 3 : exportType === "swagger" ? 2 : undefined;
  if (version === undefined) throw badRequest(`No API exporter for type '${exportType}'`);
  const api = store.api(restApiId);
  const stage = requireStage(store, restApiId, stageName);
  const { definition } = requireDeployment(store, restApiId, stage.deploymentId);
  const extensions = extensionsOf(parameters);
  const document = exportDocument({ version, api, stageName, region, definition, extensions });
  const isYaml = /yaml/.test(accepts);
  const text = isYaml ? stringify(document, { aliasDuplicateObjects: false }) : JSON.stringify(document, null, 2);
  return {
    body: Buffer.from(text),
    contentType: isYaml ? "application/yaml" : "application/json",
    contentDisposition: `attachment; filename="${exportType}_${api.createdAt}.${isYaml ? "yaml" : "json"}"`,
  };
};

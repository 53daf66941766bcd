import type { Method } from "../model.ts";
import { badBody, badParameters } from "./gateway-error.ts";
import type { Invocation } from "./invocation.ts";
import { mediaType } from "./media-type.ts";

const PARAMETER = /^method\.request\.(?:multivalue)?(path|querystring|header)\.(.+)$/;

/**
 * What a method's request validator asks for: the required parameters, a body that its model allows.
 * @throws GatewayError
 */
export function validateRequest(invocation: Invocation): void {
  const { api, method } = invocation;
  const validator = api.validator(method);
  if (!validator) return;
  if (validator.validateRequestParameters) {
    const missing = missingParameters(invocation, method);
    if (missing.length > 0) throw badParameters(missing);
  }
  if (validator.validateRequestBody) validateBody(invocation);
}

function missingParameters({ request, pathParameters }: Invocation, method: Method): string[] {
  const missing: string[] = [];
  for (const [parameter, isRequired] of Object.entries(method.requestParameters ?? {})) {
    const [, place = "", name = ""] = PARAMETER.exec(parameter) ?? [];
    if (!isRequired) continue;
    const value =
      place === "path"
        ? pathParameters[name]
        : place === "querystring"
          ? request.query[name]?.at(-1)
          : request.headers.get(name);
    if (value === undefined || value === "") missing.push(name);
  }
  return missing;
}

function validateBody({ api, method, request, body }: Invocation): void {
  const models = method.requestModels ?? {};
  const type = mediaType(request.headers.get("content-type")) ?? "application/json";
  const byType = Object.entries(models).find(([key]) => mediaType(key) === type)?.[1];
  const model = byType ?? models["$default"];
  if (model === undefined) return;
  const problem = api.models.check(model, body.toString("utf8"));
  if (problem !== undefined) throw badBody(problem);
}

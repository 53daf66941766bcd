import { badRequest } from "./errors.ts";
import { methodsOf } from "./lookup.ts";
import type { MethodSetting, RestApi, Stage } from "./model.ts";

/** An API without a method, or with one that nothing is behind, cannot be deployed. @throws BadRequestException */
export function checkDeployable(api: RestApi): void {
  const methods = [...methodsOf(api)];
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
  if (methods.some(({ method }) => !method.methodIntegration)) {
    throw badRequest("No integration defined for method");
  }
}

const VARIABLE_VALUE = /^[A-Za-z0-9\-._~:/?#&=,]*$/;

/** @throws BadRequestException */
export function checkVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w+$/.test(name))
      throw badRequest("Stage variable names can only contain alphanumeric characters and underscores");
    if (!VARIABLE_VALUE.test(value)) {
      throw badRequest(
        `Stage variable value '${value}' contains invalid characters. Values must match the regular expression: [A-Za-z0-9-._~:/?#&=,]+`,
      );
    }
  }
  return { ...variables };
}

/** @throws BadRequestException */
export function checkStageName(name: string): void {
  if (!/^[\w-]{1,128}$/.test(name)) throw badRequest("Stage name only allows a-zA-Z0-9_-");
}

/** A stage as it begins. */
export const newStage = (
  given: Pick<Stage, "apiId" | "stageName" | "deploymentId"> & Partial<Stage>,
  atMs: number,
): Stage => ({ variables: {}, methodSettings: {}, tags: {}, createdAt: atMs, updatedAt: atMs, ...given });

/** The settings in force for a method of a stage: its own, where a stage has them, over those of all methods. */
export function methodSetting(stage: Stage, path: string, httpMethod: string): MethodSetting {
  const own = `${path.slice(1).replaceAll("/", "~1")}/${httpMethod}`;
  return { ...stage.methodSettings["*/*"], ...stage.methodSettings[own] };
}

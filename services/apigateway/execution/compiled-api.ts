import type { ApiDefinition, Authorizer, Method, RequestValidator, Resource, Scope } from "../model.ts";
import { own } from "../own.ts";
import { BodyModels } from "./body-models.ts";
import { expandPolicy } from "./policy.ts";
import { Router } from "./router.ts";
import { Template } from "./vtl/template.ts";

/** An API's definition with what is worked out of it once: routes, schemas, templates. */
export class CompiledApi {
  readonly apiId: string;
  /** Of the metrics: as the API was called when this was made. */
  readonly apiName: string;
  readonly definition: ApiDefinition;
  readonly router: Router;
  readonly models: BodyModels;
  readonly #templates = new Map<string, Template>();
  #policy: string | undefined;

  constructor(apiId: string, apiName: string, definition: ApiDefinition) {
    this.apiId = apiId;
    this.apiName = apiName;
    this.definition = definition;
    this.router = new Router(Object.values(definition.resources));
    this.models = new BodyModels(definition.models);
  }

  method(resource: Resource, httpMethod: string): Method | undefined {
    return own(resource.methods, httpMethod) ?? resource.methods["ANY"];
  }

  validator(method: Method): RequestValidator | undefined {
    return method.requestValidatorId === undefined ? undefined : this.definition.validators[method.requestValidatorId];
  }

  authorizer(method: Method): Authorizer | undefined {
    return method.authorizerId === undefined ? undefined : this.definition.authorizers[method.authorizerId];
  }

  /** The resource policy with whole ARNs; undefined: the API has none. */
  policy({ account, region }: Scope): string | undefined {
    const { policy } = this.definition;
    if (policy === undefined || policy === "") return undefined;
    return (this.#policy ??= expandPolicy(policy, `arn:aws:execute-api:${region}:${account}:${this.apiId}`));
  }

  /** @throws VtlError for a template that is not well-formed */
  template(text: string): Template {
    let template = this.#templates.get(text);
    if (!template) this.#templates.set(text, (template = new Template(text)));
    return template;
  }
}

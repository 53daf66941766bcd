import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  type CreateDeploymentCommandInput,
  type CreateRestApiCommandInput,
  type PutIntegrationCommandInput,
  type PutIntegrationResponseCommandInput,
  type PutMethodCommandInput,
} from "@aws-sdk/client-api-gateway";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { LambdaFixture } from "../lambda/fixture.ts";
import { useClient, type TargetOptions } from "../target.ts";

type Own<T> = Partial<Omit<T, "restApiId" | "resourceId" | "httpMethod" | "statusCode">>;

/** A method of an API, and what answers it. */
export interface MethodSpec {
  readonly method?: Own<PutMethodCommandInput>;
  readonly integration?: Own<PutIntegrationCommandInput>;
  /** By status code. */
  readonly responses?: Readonly<Record<string, Own<PutIntegrationResponseCommandInput>>>;
}

export interface ApiSpec {
  readonly api?: Partial<CreateRestApiCommandInput>;
  readonly stage?: Partial<CreateDeploymentCommandInput>;
  /** `GET /users/{id}` -> method. */
  readonly methods: Readonly<Record<string, MethodSpec>>;
  /** What else has to be there before methods are made. */
  readonly prepare?: (restApiId: string) => Promise<void>;
  /** What else has to be there before the deployment. */
  readonly finish?: (restApiId: string) => Promise<void>;
}

export interface DeployedApi {
  readonly restApiId: string;
  /** Of stage `test`, without a slash at the end. */
  readonly url: string;
  /** Ids by path. */
  readonly resources: ReadonlyMap<string, string>;
}

export const lambdaUri = (name: string): string =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${name}/invocations`;

export const proxyTo = (name: string): MethodSpec => ({
  integration: { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: lambdaUri(name) },
});

/** A method that answers with what a template makes. */
export const mock = (responseTemplate: string, more: MethodSpec = {}): MethodSpec => ({
  integration: { type: "MOCK", requestTemplates: { "application/json": '{"statusCode": 200}' } },
  responses: { 200: { responseTemplates: { "application/json": responseTemplate } } },
  ...more,
});

/** Deployed APIs on one target, and functions for them. */
export class ExecutionFixture extends LambdaFixture {
  readonly gateway: APIGatewayClient;

  constructor(options: TargetOptions = {}) {
    super(options);
    this.gateway = useClient(new APIGatewayClient({ ...this.target.clientConfig(), maxAttempts: 1 }));
  }

  /** A function that any API may invoke. */
  async createFor(name: string, source: string): Promise<void> {
    await this.create(name, source);
    await this.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: "api",
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
      }),
    );
  }

  async deploy({ api, stage, methods, prepare, finish }: ApiSpec): Promise<DeployedApi> {
    const { id: restApiId = "" } = await this.gateway.send(new CreateRestApiCommand({ name: "api", ...api }));
    await prepare?.(restApiId);
    const resources = await this.#makeResources(restApiId, Object.keys(methods));
    for (const [place, spec] of Object.entries(methods)) {
      const [httpMethod = "", path = ""] = place.split(" ");
      await this.putMethod(restApiId, resources.get(path) ?? "", httpMethod, spec);
    }
    await finish?.(restApiId);
    await this.gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "test", ...stage }));
    return { restApiId, url: `${this.target.endpoint}/restapis/${restApiId}/test/_user_request_`, resources };
  }

  async putMethod(restApiId: string, resourceId: string, httpMethod: string, spec: MethodSpec): Promise<void> {
    const place = { restApiId, resourceId, httpMethod };
    await this.gateway.send(new PutMethodCommand({ authorizationType: "NONE", ...spec.method, ...place }));
    if (spec.integration) {
      await this.gateway.send(new PutIntegrationCommand({ type: "MOCK", ...spec.integration, ...place }));
    }
    for (const [statusCode, response] of Object.entries(spec.responses ?? {})) {
      const headers = Object.keys(response.responseParameters ?? {}).map((name) => [name, false] as const);
      const responseParameters = Object.fromEntries(headers);
      await this.gateway.send(new PutMethodResponseCommand({ ...place, statusCode, responseParameters }));
      await this.gateway.send(new PutIntegrationResponseCommand({ ...response, ...place, statusCode }));
    }
  }

  async rootOf(restApiId: string): Promise<string> {
    const { items = [] } = await this.gateway.send(new GetResourcesCommand({ restApiId }));
    return items.find(({ path }) => path === "/")?.id ?? "";
  }

  async #makeResources(restApiId: string, places: readonly string[]): Promise<Map<string, string>> {
    const { items = [] } = await this.gateway.send(new GetResourcesCommand({ restApiId }));
    const resources = new Map(items.map(({ path = "", id = "" }) => [path, id]));
    for (const place of places) {
      let parent = "/";
      for (const pathPart of (place.split(" ")[1] ?? "").split("/").filter(Boolean)) {
        const path = `${parent === "/" ? "" : parent}/${pathPart}`;
        if (!resources.has(path)) {
          const parentId = resources.get(parent) ?? "";
          const { id = "" } = await this.gateway.send(new CreateResourceCommand({ restApiId, parentId, pathPart }));
          resources.set(path, id);
        }
        parent = path;
      }
    }
    return resources;
  }
}

/** What a client got. */
export async function read(
  answer: Promise<Response>,
): Promise<{ status: number; headers: Headers; body: string; json: unknown }> {
  const response = await answer;
  const body = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, body, json };
}

export const postJson = (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

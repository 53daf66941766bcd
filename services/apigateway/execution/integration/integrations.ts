import type { Integration } from "../../model.ts";
import { mapText } from "../execution-log.ts";
import { internalError } from "../gateway-error.ts";
import { remapResponseHeaders } from "../headers.ts";
import type { Invocation } from "../invocation.ts";
import type { Answer, BackendAnswer } from "./answer.ts";
import { AwsServices } from "./aws-service.ts";
import { HttpClient } from "./http-client.ts";
import { runHttp } from "./http.ts";
import { runLambdaCustom } from "./lambda-custom.ts";
import { runLambdaProxy } from "./lambda-proxy.ts";
import { functionOf } from "./lambda.ts";
import { runMock } from "./mock.ts";
import { mappedRequest, proxyRequest, type IntegrationRequest } from "./request.ts";
import { mapAnswer } from "./response.ts";
import { withTimeout } from "./timeout.ts";

/** What answers the requests of methods. */
export class Integrations {
  readonly #client = new HttpClient();
  readonly #services = new AwsServices(this.#client);

  close(): void {
    this.#client.close();
  }

  /** @throws GatewayError */
  async run(invocation: Invocation): Promise<Answer> {
    const integration = invocation.method.methodIntegration;
    if (!integration) {
      invocation.log.error("Execution failed due to configuration error: No integration defined for method");
      throw internalError();
    }
    const begun = invocation.host.clock.now();
    const { type, uri = "" } = integration;
    const done = (): void => {
      invocation.integrationLatency = invocation.host.clock.now() - begun;
    };
    if (type === "AWS_PROXY" && uri.includes(":lambda:path/")) {
      return runLambdaProxy(invocation, integration).finally(done);
    }
    const isProxy = type === "HTTP_PROXY" || type === "AWS_PROXY";
    const request = isProxy ? proxyRequest(invocation, integration) : mappedRequest(invocation, integration);
    logRequest(invocation, request);
    const answer = await this.#ask(invocation, integration, request).finally(done);
    invocation.context.integrationStatus = String(answer.status);
    logAnswer(invocation, answer);
    if (!isProxy) return mapAnswer(invocation, integration, answer);
    remapResponseHeaders(answer.headers, type);
    return answer;
  }

  async #ask(invocation: Invocation, integration: Integration, request: IntegrationRequest): Promise<BackendAnswer> {
    if (integration.type === "MOCK") return runMock(invocation, request);
    return withTimeout(invocation.host, integration.timeoutInMillis, (controller) => {
      if (integration.type === "HTTP" || integration.type === "HTTP_PROXY") {
        return runHttp(this.#client, invocation, integration, request, controller.signal);
      }
      const functionArn = functionOf(integration.uri ?? "", invocation.stageVariables);
      return functionArn === undefined
        ? this.#services.run(invocation, integration, request, controller.signal)
        : runLambdaCustom(invocation, integration, functionArn, request);
    });
  }
}

function logRequest({ log }: Invocation, { headers, body }: IntegrationRequest): void {
  log.data(() => `Endpoint request headers: ${mapText(headers.multi())}`);
  log.data(() => `Endpoint request body after transformations: ${body.toString("utf8")}`);
}

function logAnswer({ log, integrationLatency }: Invocation, { status, headers, body }: BackendAnswer): void {
  log.info(() => `Received response. Status: ${status}, Integration latency: ${integrationLatency ?? 0} ms`);
  log.data(() => `Endpoint response headers: ${mapText(headers.multi())}`);
  log.data(() => `Endpoint response body before transformations: ${body.toString("utf8")}`);
}

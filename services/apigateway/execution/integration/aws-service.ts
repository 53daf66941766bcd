import type { Principal } from "../../../../emulator/model/context.ts";
import type { TemporaryCredentials } from "../../../../emulator/model/credentials.ts";
import type { Integration } from "../../model.ts";
import { internalError } from "../gateway-error.ts";
import { methodArn, type Invocation } from "../invocation.ts";
import { fillUri } from "../parameter-mapping.ts";
import type { BackendAnswer } from "./answer.ts";
import { integrationPrincipal } from "./credentials.ts";
import type { HttpClient } from "./http-client.ts";
import { searchOf } from "./http.ts";
import type { IntegrationRequest } from "./request.ts";

/** How services take actions by name: JSON with a target, or a form with a version. */
const ACTIONS: Readonly<
  Record<string, { readonly target: string; readonly json: string } | { readonly version: string }>
> = {
  cloudformation: { version: "2010-05-15" },
  dynamodb: { target: "DynamoDB_20120810", json: "1.0" },
  ecr: { target: "AmazonEC2ContainerRegistry_V20150921", json: "1.1" },
  firehose: { target: "Firehose_20150804", json: "1.1" },
  iam: { version: "2010-05-08" },
  kinesis: { target: "Kinesis_20131202", json: "1.1" },
  logs: { target: "Logs_20140328", json: "1.1" },
  monitoring: { version: "2010-08-01" },
  sns: { version: "2010-03-31" },
  sqs: { version: "2012-11-05" },
  ssm: { target: "AmazonSSM", json: "1.1" },
  sts: { version: "2011-06-15" },
};

const TARGET = /^arn:aws:apigateway:([^:]+):(?:([^:]+)\.)?([^:.]+):(path|action)\/(.*)$/s;

/** How long credentials of a role are used, of the hour for which they hold. */
const REUSE_MS = 30 * 60_000;
const LIFE_SECONDS = 3_600;

/**
 * Calls a service of AWS as a client would: by a request to the emulator's own port, with the credentials of the integration's role.
 */
export class AwsServices {
  readonly #client: HttpClient;
  readonly #issued = new Map<string, { readonly credentials: TemporaryCredentials; readonly at: number }>();

  constructor(client: HttpClient) {
    this.#client = client;
  }

  async run(
    invocation: Invocation,
    integration: Integration,
    request: IntegrationRequest,
    signal: AbortSignal,
  ): Promise<BackendAnswer> {
    const uri = fillUri(integration.uri ?? "", request.path, invocation.stageVariables);
    const [, region = "", subdomain, service = "", kind, rest = ""] = TARGET.exec(uri) ?? [];
    if (kind === undefined) {
      invocation.log.error(`Execution failed due to configuration error: Invalid endpoint address ${uri}`);
      throw internalError();
    }
    const principal = integrationPrincipal(invocation, integration.credentials, methodArn(invocation, "resource"));
    const [path = "", search] = kind === "path" ? rest.split("?", 2) : [""];
    const url = new URL(
      `${invocation.host.endpoint}/${subdomain === undefined ? "" : `${subdomain}/`}${path.replace(/^\/+/, "")}`,
    );
    url.search = [search, searchOf(request.query)].filter(Boolean).join("&");
    const { headers } = request;
    headers.set("User-Agent", `AmazonAPIGateway_${invocation.api.apiId}`);
    for (const [name, value] of this.#signature(invocation, principal, region, service)) headers.set(name, value);
    const body = kind === "action" ? withAction(service, rest, url, request) : request.body;
    const method = methodOf(integration, invocation);
    invocation.log.info(
      () => `Sending request to https://${service}.${region}.amazonaws.com${url.pathname}${url.search}`,
    );
    const answer = await this.#client.send({
      url,
      method,
      headers,
      body: method === "GET" || method === "HEAD" ? Buffer.alloc(0) : body,
      signal,
    });
    return { ...answer, selection: String(answer.status) };
  }

  /** The port does not verify signatures; it wants to know the key. */
  #signature({ host }: Invocation, principal: Principal, region: string, service: string): [string, string][] {
    const now = host.clock.now();
    const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const key =
      principal.type === "root" ? { accessKeyId: principal.account } : this.#credentials(host, principal, now);
    const scope = `${key.accessKeyId}/${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
    const fields: [string, string][] = [
      ["X-Amz-Date", stamp],
      [
        "Authorization",
        `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
      ],
    ];
    if ("sessionToken" in key) fields.push(["X-Amz-Security-Token", key.sessionToken]);
    return fields;
  }

  #credentials({ credentials }: Invocation["host"], principal: Principal, now: number): TemporaryCredentials {
    const known = this.#issued.get(principal.arn);
    if (known && known.at <= now && now - known.at < REUSE_MS) return known.credentials;
    const issued = credentials.issue(principal, LIFE_SECONDS);
    this.#issued.set(principal.arn, { credentials: issued, at: now });
    return issued;
  }
}

const methodOf = ({ httpMethod }: Integration, { request }: Invocation): string =>
  httpMethod === undefined || httpMethod === "ANY" ? request.httpMethod : httpMethod;

/** Names the action as the service's protocol does. @returns the body with what the protocol wants in it */
function withAction(service: string, action: string, url: URL, { headers, body }: IntegrationRequest): Buffer {
  // the integration says itself how it speaks to a service that takes both
  if (headers.has("X-Amz-Target")) return body;
  const how = ACTIONS[service];
  const [name = "", more] = action.split("&", 2);
  if (how && "target" in how) {
    headers.set("X-Amz-Target", `${how.target}.${name}`);
    headers.set("Content-Type", `application/x-amz-json-${how.json}`);
    return body;
  }
  const form = new URLSearchParams(url.search);
  if (more !== undefined)
    for (const [key, value] of new URLSearchParams(action.slice(name.length + 1))) form.set(key, value);
  const isForm = headers.get("Content-Type")?.startsWith("application/x-www-form-urlencoded");
  if (isForm) for (const [key, value] of new URLSearchParams(body.toString("utf8"))) form.append(key, value);
  form.set("Action", name);
  if (how && !form.has("Version")) form.set("Version", how.version);
  url.search = "";
  headers.set("Content-Type", "application/x-www-form-urlencoded");
  return Buffer.from(form.toString());
}

import type { Readable } from "node:stream";
import {
  choice,
  document,
  flag,
  integer,
  list,
  map,
  object,
  readOnly,
  refused,
  required,
  tags,
  text,
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, sameValue, tagMap, unless } from "../../cloudformation/provider.ts";
import { arnOf, changed, escaped, given, GONE, replace, setTags } from "./shared.ts";

const properties = {
  Name: text({ max: 1024 }),
  Description: text(),
  ApiKeySourceType: choice("HEADER", "AUTHORIZER"),
  /** Slashes are written as ~1. */
  BinaryMediaTypes: list(text()),
  Body: document(),
  BodyS3Location: object({ Bucket: required(text()), Key: required(text()), Version: text(), ETag: text() }),
  DisableExecuteApiEndpoint: flag(),
  EndpointConfiguration: object({
    Types: list(choice("EDGE", "REGIONAL", "PRIVATE")),
    IpAddressType: choice("ipv4", "dualstack"),
    VpcEndpointIds: refused([]),
  }),
  FailOnWarnings: flag(),
  MinimumCompressionSize: integer({ min: 0, max: 10_485_760 }),
  Mode: choice("merge", "overwrite"),
  Parameters: map(text()),
  Policy: document(),
  Tags: tags(),
  CloneFrom: refused(),
  SecurityPolicy: refused(),
  EndpointAccessMode: refused(),
  RestApiId: readOnly(),
  RootResourceId: readOnly(),
} as const;

type ApiValues = Values<typeof properties>;

const mediaTypes = (types: readonly string[] | undefined): string[] =>
  (types ?? []).map((type) => type.replaceAll("~1", "/"));

const endpointOf = ({ EndpointConfiguration: endpoint }: ApiValues) =>
  endpoint && given({ types: endpoint.Types, ipAddressType: endpoint.IpAddressType });

const settings = (api: ApiValues) => ({
  "/description": api.Description,
  "/apiKeySource": api.ApiKeySourceType ?? "HEADER",
  "/minimumCompressionSize": api.MinimumCompressionSize,
  "/disableExecuteApiEndpoint": api.DisableExecuteApiEndpoint ?? false,
  "/policy": api.Policy && JSON.stringify(api.Policy),
});

async function bodyOf(ctx: ProviderContext, { Body, BodyS3Location: at }: ApiValues): Promise<Uint8Array | undefined> {
  if (Body) return Buffer.from(JSON.stringify(Body));
  if (!at) return undefined;
  const answer = await ctx.call("s3", "GetObject", {
    Bucket: at.Bucket,
    Key: at.Key,
    ...(at.Version !== undefined && { VersionId: at.Version }),
    ...(at.ETag !== undefined && { IfMatch: at.ETag }),
  });
  const body: unknown = answer.Body;
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as Readable) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const importOptions = ({ FailOnWarnings, Parameters, EndpointConfiguration }: ApiValues) =>
  given({
    failOnWarnings: FailOnWarnings,
    parameters: {
      ...(EndpointConfiguration?.Types?.[0] && { endpointConfigurationTypes: EndpointConfiguration.Types[0] }),
      ...Parameters,
    },
  });

const putBody = (ctx: ProviderContext, restApiId: string, body: Uint8Array, api: ApiValues) =>
  ctx.call("apigateway", "PutRestApi", { restApiId, body, mode: api.Mode ?? "overwrite", ...importOptions(api) });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html */
export const restApi = defineProvider({
  type: "AWS::ApiGateway::RestApi",
  properties,
  attributes: ["RestApiId", "RootResourceId"],

  check({ Name, Body, BodyS3Location }, later) {
    if (later.some((name) => ["Name", "Body", "BodyS3Location"].includes(name))) return undefined;
    if (Body && BodyS3Location) return "Only one of Body and BodyS3Location can be given.";
    return Name || Body || BodyS3Location ? undefined : "RestApi name is required.";
  },

  systemTagged: (ctx, id) => arnOf(ctx, `restapis/${id}`),

  // names of APIs need not be unique
  find: async () => undefined,

  async create(ctx, api) {
    const body = await bodyOf(ctx, api);
    const name = api.Name;
    const { id = "" } =
      name === undefined && body
        ? await ctx.call("apigateway", "ImportRestApi", { body, ...importOptions(api) })
        : await ctx.call("apigateway", "CreateRestApi", {
            name: name ?? "",
            ...given({ endpointConfiguration: endpointOf(api) }),
          });
    ctx.created(id);
    if (name !== undefined && body) await putBody(ctx, id, body, api);
    await applySettings(ctx, id, {}, api);
    if (api.Tags?.length) {
      await ctx.call("apigateway", "TagResource", {
        resourceArn: arnOf(ctx, `restapis/${id}`),
        tags: tagMap(api.Tags),
      });
    }
    return id;
  },

  async update(ctx, id, before, after) {
    if (!sameValue([before.Body, before.BodyS3Location], [after.Body, after.BodyS3Location])) {
      const body = await bodyOf(ctx, after);
      if (body) await putBody(ctx, id, body, after);
    }
    await applySettings(ctx, id, before, after);
    await setTags(ctx, `restapis/${id}`, before.Tags, after.Tags);
  },

  async remove(ctx, restApiId) {
    await unless(ctx.call("apigateway", "DeleteRestApi", { restApiId }), GONE);
  },

  async read(ctx, restApiId) {
    const { rootResourceId = "" } = await ctx.call("apigateway", "GetRestApi", { restApiId });
    return { RestApiId: restApiId, RootResourceId: rootResourceId };
  },
});

/** The settings of the template have the last word, also over those that a body brought. */
async function applySettings(ctx: ProviderContext, restApiId: string, before: ApiValues, after: ApiValues) {
  const {
    binaryMediaTypes = [],
    name,
    endpointConfiguration,
  } = await ctx.call("apigateway", "GetRestApi", { restApiId });
  const wanted = mediaTypes(after.BinaryMediaTypes);
  const old = mediaTypes(before.BinaryMediaTypes);
  const next = settings(after);
  const isNew = Object.keys(before).length === 0;
  const defaults = { "/apiKeySource": "HEADER", "/disableExecuteApiEndpoint": false };
  const endpoint = endpointOf(after);
  const type = endpoint?.types?.[0] ?? (before.EndpointConfiguration ? "EDGE" : undefined);
  const patchOperations = [
    ...(after.Name !== undefined && after.Name !== name ? [replace("/name", after.Name)] : []),
    ...(type !== undefined && type !== endpointConfiguration?.types?.[0]
      ? [replace("/endpointConfiguration/types/0", type)]
      : []),
    ...(endpoint?.ipAddressType ? [replace("/endpointConfiguration/ipAddressType", endpoint.ipAddressType)] : []),
    ...changed(isNew ? defaults : settings(before), next),
    ...old
      .filter((media) => !wanted.includes(media) && binaryMediaTypes.includes(media))
      .map((media) => ({ op: "remove" as const, path: `/binaryMediaTypes/${escaped(media)}` })),
    ...wanted
      .filter((media) => !binaryMediaTypes.includes(media))
      .map((media) => ({ op: "add" as const, path: `/binaryMediaTypes/${escaped(media)}` })),
  ];
  if (patchOperations.length > 0) await ctx.call("apigateway", "UpdateRestApi", { restApiId, patchOperations });
}

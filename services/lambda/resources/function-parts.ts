import { decimal, list, object, readOnly, refused, replaces, required, text } from "../../cloudformation/properties.ts";
import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { defineProvider, type ProviderContext, unless } from "../../cloudformation/provider.ts";

const functionName = () => required(replaces(text({ min: 1, max: 140 })));

/** arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER in its two halves. */
function splitArn(arn: string): { FunctionName: string; Qualifier: string } {
  const colon = arn.lastIndexOf(":");
  return { FunctionName: arn.slice(0, colon), Qualifier: arn.slice(colon + 1) };
}

async function publishedVersions(ctx: ProviderContext, FunctionName: string): Promise<string[]> {
  const versions: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await ctx.call("lambda", "ListVersionsByFunction", { FunctionName, ...(Marker && { Marker }) });
    versions.push(...(page.Versions ?? []).map(({ Version }) => Version ?? ""));
    Marker = page.NextMarker;
  } while (Marker);
  return versions;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html */
export const version = defineProvider({
  type: "AWS::Lambda::Version",
  properties: {
    FunctionName: functionName(),
    CodeSha256: replaces(text()),
    Description: replaces(text({ max: 256 })),
    ProvisionedConcurrencyConfig: refused(),
    RuntimePolicy: refused(),
    FunctionScalingConfig: refused(),
    FunctionArn: readOnly(),
    Version: readOnly(),
  },
  attributes: ["FunctionArn", "Version"],

  find: () => Promise.resolve(undefined),

  async create(ctx, { FunctionName, CodeSha256, Description }) {
    const before = await publishedVersions(ctx, FunctionName);
    const published = await ctx.call("lambda", "PublishVersion", {
      FunctionName,
      ...(CodeSha256 !== undefined && { CodeSha256 }),
      ...(Description !== undefined && { Description }),
    });
    const { FunctionArn = "", Version = "" } = published;
    // Lambda answers the last version again when nothing has changed since
    if (before.includes(Version)) {
      throw new HandlerError(
        "AlreadyExists",
        `A version for this Lambda function exists ( ${Version} ). Modify the function to create a new version.`,
      );
    }
    ctx.created(FunctionArn);
    return FunctionArn;
  },

  update: () => Promise.resolve(),

  async remove(ctx, arn) {
    await unless(ctx.call("lambda", "DeleteFunction", splitArn(arn)), "ResourceNotFoundException");
  },

  read: (_ctx, arn) => Promise.resolve({ FunctionArn: arn, Version: splitArn(arn).Qualifier }),
});

const weights = (
  routing: { AdditionalVersionWeights?: { FunctionVersion: string; FunctionWeight: number }[] } | undefined,
) =>
  Object.fromEntries(
    (routing?.AdditionalVersionWeights ?? []).map(({ FunctionVersion, FunctionWeight }) => [
      FunctionVersion,
      FunctionWeight,
    ]),
  );

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html */
export const alias = defineProvider({
  type: "AWS::Lambda::Alias",
  properties: {
    FunctionName: functionName(),
    FunctionVersion: required(text({ min: 1, max: 1024, pattern: /^(\$LATEST(\.PUBLISHED)?|[0-9]+)$/ })),
    Name: required(replaces(text({ min: 1, max: 128, pattern: /^(?![0-9]+$)[a-zA-Z0-9-_]+$/ }))),
    Description: text({ max: 256 }),
    RoutingConfig: object({
      AdditionalVersionWeights: list(
        object({ FunctionVersion: required(text()), FunctionWeight: required(decimal()) }),
      ),
    }),
    ProvisionedConcurrencyConfig: refused(),
    AliasArn: readOnly(),
  },
  attributes: ["AliasArn"],

  async find(ctx, { FunctionName, Name }) {
    const found = await unless(ctx.call("lambda", "GetAlias", { FunctionName, Name }), "ResourceNotFoundException");
    return found?.AliasArn;
  },

  async create(ctx, { FunctionName, FunctionVersion, Name, Description, RoutingConfig }) {
    const { AliasArn = "" } = await ctx.call("lambda", "CreateAlias", {
      FunctionName,
      FunctionVersion,
      Name,
      ...(Description !== undefined && { Description }),
      ...(RoutingConfig && { RoutingConfig: { AdditionalVersionWeights: weights(RoutingConfig) } }),
    });
    ctx.created(AliasArn);
    return AliasArn;
  },

  async update(ctx, _arn, before, { FunctionName, FunctionVersion, Name, Description, RoutingConfig }) {
    await ctx.call("lambda", "UpdateAlias", {
      FunctionName,
      FunctionVersion,
      Name,
      Description: Description ?? "",
      ...((before.RoutingConfig ?? RoutingConfig) && {
        RoutingConfig: { AdditionalVersionWeights: weights(RoutingConfig) },
      }),
    });
  },

  async remove(ctx, _arn, { FunctionName, Name }) {
    await unless(ctx.call("lambda", "DeleteAlias", { FunctionName, Name }), "ResourceNotFoundException");
  },

  read: (_ctx, arn) => Promise.resolve({ AliasArn: arn }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
export const permission = defineProvider({
  type: "AWS::Lambda::Permission",
  properties: {
    FunctionName: functionName(),
    Action: required(replaces(text({ min: 1, max: 256, pattern: /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/ }))),
    Principal: required(replaces(text({ min: 1, max: 256 }))),
    SourceArn: replaces(text({ min: 12, max: 1024 })),
    SourceAccount: replaces(text({ pattern: /^\d{12}$/ })),
    EventSourceToken: replaces(text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9._-]+$/ })),
    PrincipalOrgID: replaces(text({ pattern: /^o-[a-z0-9]{10,32}$/ })),
    FunctionUrlAuthType: refused(),
    InvokedViaFunctionUrl: refused(),
    Id: readOnly(),
  },
  attributes: ["Id"],
  name: { maxLength: 100 },

  async find(ctx, { FunctionName }, id) {
    const { Policy = "" } =
      (await unless(ctx.call("lambda", "GetPolicy", { FunctionName }), "ResourceNotFoundException")) ?? {};
    return Policy.includes(JSON.stringify(id)) ? id : undefined;
  },

  async create(ctx, given, id) {
    const { FunctionName, Action, Principal, SourceArn, SourceAccount, EventSourceToken, PrincipalOrgID } = given;
    await ctx.call("lambda", "AddPermission", {
      FunctionName,
      StatementId: id,
      Action,
      Principal,
      ...(SourceArn !== undefined && { SourceArn }),
      ...(SourceAccount !== undefined && { SourceAccount }),
      ...(EventSourceToken !== undefined && { EventSourceToken }),
      ...(PrincipalOrgID !== undefined && { PrincipalOrgID }),
    });
    ctx.created(id);
    return id;
  },

  update: () => Promise.resolve(),

  async remove(ctx, id, { FunctionName }) {
    await unless(
      ctx.call("lambda", "RemovePermission", { FunctionName, StatementId: id }),
      "ResourceNotFoundException",
    );
  },

  read: (_ctx, id) => Promise.resolve({ Id: id }),
});

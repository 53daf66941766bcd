import { passRole, type Access, type AccessScope, type AccessTable } from "../../emulator/model/access.ts";
import { functionArn, parseReference } from "./arn.ts";

interface Named {
  readonly FunctionName: string;
  readonly Qualifier?: string | undefined;
}

/** The function, or the version or alias that is asked for. */
function place({ FunctionName, Qualifier }: Named, scope: AccessScope): string {
  const { name, qualifier } = parseReference(scope, FunctionName, Qualifier);
  return functionArn(scope, name, qualifier);
}

/** The function as a whole. */
const whole = ({ FunctionName }: Pick<Named, "FunctionName">, scope: AccessScope): string =>
  functionArn(scope, parseReference(scope, FunctionName).name);

const mapping = ({ UUID }: { readonly UUID?: string | undefined }, { account, region }: AccessScope): string =>
  `arn:aws:lambda:${region}:${account}:event-source-mapping:${UUID}`;

const tagged = ({ Resource }: { readonly Resource: string }): string => Resource;

const withRole =
  (action: string) =>
  (input: { readonly FunctionName: string; readonly Role?: string | undefined }, scope: AccessScope): Access[] => [
    { action, resource: whole(input, scope) },
    ...(input.Role === undefined ? [] : [passRole(input.Role, "lambda.amazonaws.com")]),
  ];

const permission =
  (action: string) =>
  (input: Named & { readonly Principal?: string | undefined }, scope: AccessScope): Access[] => [
    {
      action,
      resource: place(input, scope),
      ...(input.Principal !== undefined && { conditions: { "lambda:Principal": input.Principal } }),
    },
  ];

const ofFunction = (
  action: string,
  resource: string,
  functionName: string | undefined,
  scope: AccessScope,
): Access[] => [
  {
    action,
    resource,
    ...(functionName !== undefined && {
      conditions: { "lambda:FunctionArn": place({ FunctionName: functionName }, scope) },
    }),
  },
];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const access: AccessTable<"lambda"> = {
  prefix: "lambda",
  rules: {
    AddPermission: permission("lambda:AddPermission"),
    CreateAlias: whole,
    CreateEventSourceMapping: ({ FunctionName }, scope) =>
      ofFunction("lambda:CreateEventSourceMapping", "*", FunctionName, scope),
    CreateFunction: withRole("lambda:CreateFunction"),
    DeleteAlias: whole,
    DeleteEventSourceMapping: mapping,
    DeleteFunction: place,
    DeleteFunctionConcurrency: whole,
    DeleteFunctionEventInvokeConfig: place,
    GetAlias: whole,
    GetEventSourceMapping: mapping,
    GetFunction: place,
    GetFunctionConcurrency: whole,
    GetFunctionConfiguration: place,
    GetFunctionEventInvokeConfig: place,
    GetPolicy: place,
    Invoke: (input, scope) => [{ action: "lambda:InvokeFunction", resource: place(input, scope) }],
    ListAliases: whole,
    ListFunctionEventInvokeConfigs: whole,
    ListTags: tagged,
    ListVersionsByFunction: whole,
    PublishVersion: whole,
    PutFunctionConcurrency: whole,
    PutFunctionEventInvokeConfig: place,
    RemovePermission: permission("lambda:RemovePermission"),
    TagResource: tagged,
    UntagResource: tagged,
    UpdateAlias: whole,
    UpdateEventSourceMapping: (input, scope) =>
      ofFunction("lambda:UpdateEventSourceMapping", mapping(input, scope), input.FunctionName, scope),
    UpdateFunctionCode: whole,
    UpdateFunctionConfiguration: withRole("lambda:UpdateFunctionConfiguration"),
    UpdateFunctionEventInvokeConfig: place,
  },
};

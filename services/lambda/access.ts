import {
  passRole,
  tagConditions,
  type Access,
  type AccessScope,
  type AccessTable,
} from "../../emulator/model/access.ts";
import { functionArn, parseReference } from "./arn.ts";
import type { LambdaStore } from "./store.ts";

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
  (
    input: {
      readonly FunctionName: string;
      readonly Role?: string | undefined;
      readonly Tags?: Readonly<Record<string, string>> | undefined;
    },
    scope: AccessScope,
  ): Access[] => [
    { action, resource: whole(input, scope), conditions: tagConditions(input.Tags) },
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

/** Of a mapping: the function is what policies ask for, whether the request names it or the mapping has it. */
const ofFunction = (
  action: string,
  resource: string,
  functionName: string | undefined,
  scope: AccessScope,
  conditions: Access["conditions"] = {},
): Access[] => [
  {
    action,
    resource,
    conditions: {
      ...conditions,
      ...(functionName !== undefined && { "lambda:FunctionArn": place({ FunctionName: functionName }, scope) }),
    },
  },
];

const ofMapping =
  (action: string) =>
  (
    input: { readonly UUID?: string | undefined; readonly FunctionName?: string | undefined },
    scope: AccessScope,
    store: unknown,
  ): Access[] => {
    const { mappings } = store as LambdaStore;
    const { FunctionName = mappings.get(scope.account, scope.region, input.UUID ?? "")?.functionArn } = input;
    return ofFunction(action, mapping(input, scope), FunctionName, scope);
  };

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const access: AccessTable<"lambda"> = {
  prefix: "lambda",
  rules: {
    AddPermission: permission("lambda:AddPermission"),
    CreateAlias: whole,
    CreateEventSourceMapping: ({ FunctionName, Tags }, scope) =>
      ofFunction("lambda:CreateEventSourceMapping", "*", FunctionName, scope, tagConditions(Tags)),
    CreateFunction: withRole("lambda:CreateFunction"),
    DeleteAlias: whole,
    DeleteEventSourceMapping: ofMapping("lambda:DeleteEventSourceMapping"),
    DeleteFunction: place,
    DeleteFunctionConcurrency: whole,
    DeleteFunctionEventInvokeConfig: place,
    GetAlias: whole,
    GetEventSourceMapping: ofMapping("lambda:GetEventSourceMapping"),
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
    TagResource: (input) => [
      { action: "lambda:TagResource", resource: tagged(input), conditions: tagConditions(input.Tags) },
    ],
    UntagResource: (input) => [
      { action: "lambda:UntagResource", resource: tagged(input), conditions: { "aws:TagKeys": input.TagKeys } },
    ],
    UpdateAlias: whole,
    UpdateEventSourceMapping: ofMapping("lambda:UpdateEventSourceMapping"),
    UpdateFunctionCode: whole,
    UpdateFunctionConfiguration: withRole("lambda:UpdateFunctionConfiguration"),
    UpdateFunctionEventInvokeConfig: place,
  },
};

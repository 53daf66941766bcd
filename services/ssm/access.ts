import { tagConditions, type AccessScope, type AccessTable } from "../../emulator/model/access.ts";
import { parameterArn } from "./names.ts";

/** A name, with or without a version or label, or an ARN. */
const arnOf = (text: string, scope: AccessScope): string => {
  if (text.startsWith("arn:")) return text.split(":").slice(0, 6).join(":");
  return parameterArn(scope, text.split(":")[0] ?? "");
};

const named = ({ Name = "" }: { Name?: string }, scope: AccessScope): string => arnOf(Name, scope);
const tagged = ({ ResourceId = "" }: { ResourceId?: string }, scope: AccessScope): string => arnOf(ResourceId, scope);

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export const access: AccessTable<"ssm"> = {
  prefix: "ssm",
  rules: {
    AddTagsToResource: (input, scope) => [
      { action: "ssm:AddTagsToResource", resource: tagged(input, scope), conditions: tagConditions(input.Tags) },
    ],
    DeleteParameter: named,
    DeleteParameters: ({ Names }, scope) =>
      Names.map((name) => ({ action: "ssm:DeleteParameters", resource: arnOf(name, scope) })),
    DescribeParameters: (_input, { account, region }) => `arn:aws:ssm:${region}:${account}:*`,
    GetParameter: named,
    GetParameterHistory: named,
    GetParameters: ({ Names }, scope) =>
      Names.map((name) => ({ action: "ssm:GetParameters", resource: arnOf(name, scope) })),
    GetParametersByPath: ({ Path, Recursive = false }, scope) => [
      {
        action: "ssm:GetParametersByPath",
        resource: parameterArn(scope, Path.length > 1 ? Path.replace(/\/$/, "") : Path),
        conditions: { "ssm:Recursive": String(Recursive) },
      },
    ],
    LabelParameterVersion: named,
    ListTagsForResource: tagged,
    PutParameter: (input, scope) => {
      const resource = named(input, scope);
      const tags = tagConditions(input.Tags);
      const conditions = { "ssm:Overwrite": String(input.Overwrite ?? false), ...tags };
      return [
        { action: "ssm:PutParameter", resource, conditions },
        ...(input.Tags?.length ? [{ action: "ssm:AddTagsToResource", resource, conditions: tags }] : []),
      ];
    },
    RemoveTagsFromResource: (input, scope) => [
      {
        action: "ssm:RemoveTagsFromResource",
        resource: tagged(input, scope),
        conditions: { "aws:TagKeys": input.TagKeys ?? [] },
      },
    ],
    UnlabelParameterVersion: named,
  },
};

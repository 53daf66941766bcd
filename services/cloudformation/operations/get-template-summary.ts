import { templateCapabilities } from "../deployment.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { resourceProvider } from "../resource-types.ts";
import { readTemplate } from "../template/template.ts";
import { templateText } from "../template-source.ts";
import { declarationView } from "../views.ts";

/**
 * What a template declares, given as text, by URL or by the stack that was made from it.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html
 */
export const getTemplateSummary: Operation<"GetTemplateSummary"> = async (ctx, input) => {
  const given = await templateText(ctx, input);
  if (given === undefined && input.StackName === undefined) {
    throw validationError("Either Template URL, Template Body or StackName must be specified.");
  }
  const text = given ?? ctx.store.template(ctx.store.stack(input.StackName ?? "").stackId, "current") ?? "";
  const template = readTemplate(text);
  const { needed, types } = templateCapabilities(template, resourceProvider);
  return {
    Parameters: [...template.parameters].map(declarationView),
    Description: template.description,
    Capabilities: needed as ("CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM")[],
    CapabilitiesReason: capabilitiesReason(types),
    ResourceTypes: [...new Set([...template.resources.values()].map(({ type }) => type))],
    Version: "2010-09-09",
    Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
    DeclaredTransforms: template.languageExtensions ? ["AWS::LanguageExtensions"] : [],
  };
};

export const capabilitiesReason = (types: readonly string[]): string | undefined =>
  types.length === 0 ? undefined : `The following resource(s) require capabilities: [${types.join(", ")}]`;

import { checkTypes, templateCapabilities, unconditional } from "../deployment.ts";
import type { Operation } from "../index.ts";
import { attributesOf } from "../provider.ts";
import { resourceProvider } from "../resource-types.ts";
import { checkReferences } from "../template/references.ts";
import { readTemplate } from "../template/template.ts";
import { requiredTemplateText } from "../template-source.ts";
import { declarationView } from "../views.ts";
import { capabilitiesReason } from "./get-template-summary.ts";

/**
 * Checks what of a template can be checked without its parameters.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
 */
export const validateTemplate: Operation<"ValidateTemplate"> = async (ctx, input) => {
  const template = readTemplate(await requiredTemplateText(ctx, input));
  checkTypes(unconditional(template), resourceProvider);
  checkReferences(template, (type) => attributesOf(resourceProvider(type)));
  const { needed, types } = templateCapabilities(template, resourceProvider);
  return {
    Parameters: [...template.parameters].map((parameter) => {
      const { ParameterKey, DefaultValue, NoEcho, Description } = declarationView(parameter);
      return { ParameterKey, DefaultValue, NoEcho, Description };
    }),
    Description: template.description,
    Capabilities: needed as ("CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM")[],
    CapabilitiesReason: capabilitiesReason(types),
    DeclaredTransforms: template.languageExtensions ? ["AWS::LanguageExtensions"] : [],
  };
};

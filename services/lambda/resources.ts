import { functionResource } from "./resources/function.ts";
import { alias, permission, version } from "./resources/function-parts.ts";
import { eventInvokeConfig } from "./resources/event-invoke-config.ts";
import { eventSourceMapping } from "./resources/event-source-mapping.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html */
export const lambdaResources = [functionResource, version, alias, permission, eventInvokeConfig, eventSourceMapping];

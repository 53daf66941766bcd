// Emitted by scripts/constraints.mjs from botocore's model 2011-06-15 of STS; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {
  AssumeRoleRequest: {"RoleArn":{"min":20,"max":2048,"pattern":"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+","required":true},"RoleSessionName":{"min":2,"max":64,"pattern":"[\\w+=,.@-]*","required":true},"Policy":{"min":1,"pattern":"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"},"DurationSeconds":{"min":900,"max":43200},"Tags":{"max":50},"TransitiveTagKeys":{"max":50,"member":{"min":1,"max":128,"pattern":"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"}},"ExternalId":{"min":2,"max":1224,"pattern":"[\\w+=,.@:\\/-]*"},"SerialNumber":{"min":9,"max":256,"pattern":"[\\w+=/:,.@-]*"},"TokenCode":{"min":6,"max":6,"pattern":"[\\d]*"},"SourceIdentity":{"min":2,"max":64,"pattern":"[\\w+=,.@-]*"},"ProvidedContexts":{"min":1,"max":5}},
  PolicyDescriptorType: {"arn":{"min":20,"max":2048,"pattern":"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"}},
  ProvidedContext: {"ProviderArn":{"min":20,"max":2048,"pattern":"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"},"ContextAssertion":{"min":4,"max":2048}},
  Tag: {"Key":{"min":1,"max":128,"pattern":"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+","required":true},"Value":{"max":256,"pattern":"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*","required":true}},
};

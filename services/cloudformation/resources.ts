import { customResource } from "./custom-resource/provider.ts";
import { nestedStack } from "./nested-stack.ts";
import { text } from "./properties.ts";
import { defineProvider } from "./provider.ts";

/**
 * What the CDK adds to its templates to tell AWS which of its libraries made them. There is nothing behind it.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
 */
const cdkMetadata = defineProvider({
  type: "AWS::CDK::Metadata",
  properties: { Analytics: text() },
  attributes: [],
  name: { maxLength: 128 },

  find: () => Promise.resolve(undefined),

  create(ctx, _properties, name) {
    ctx.created(name);
    return Promise.resolve(name);
  },

  update: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  read: () => Promise.resolve({}),
});

export const cloudformationResources = [cdkMetadata, customResource, nestedStack];

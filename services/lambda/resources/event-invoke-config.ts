import { integer, object, replaces, required, text } from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, unless } from "../../cloudformation/provider.ts";

const destination = () => object({ Destination: required(text({ max: 350 })) });

const configProperties = {
  FunctionName: required(replaces(text({ min: 1, max: 140 }))),
  Qualifier: required(replaces(text({ min: 1, max: 128 }))),
  DestinationConfig: object({ OnFailure: destination(), OnSuccess: destination() }),
  MaximumEventAgeInSeconds: integer({ min: 60, max: 21_600 }),
  MaximumRetryAttempts: integer({ min: 0, max: 2 }),
} as const;

type ConfigValues = Values<typeof configProperties>;

const placeOf = ({ FunctionName, Qualifier }: ConfigValues) => ({ FunctionName, Qualifier });

const settingsOf = (given: ConfigValues) => ({
  ...placeOf(given),
  ...(given.DestinationConfig && { DestinationConfig: given.DestinationConfig }),
  ...(given.MaximumEventAgeInSeconds !== undefined && { MaximumEventAgeInSeconds: given.MaximumEventAgeInSeconds }),
  ...(given.MaximumRetryAttempts !== undefined && { MaximumRetryAttempts: given.MaximumRetryAttempts }),
});

const idOf = ({ FunctionName, Qualifier }: ConfigValues): string => `${FunctionName}|${Qualifier}`;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html */
export const eventInvokeConfig = defineProvider({
  type: "AWS::Lambda::EventInvokeConfig",
  properties: configProperties,
  attributes: [],

  async find(ctx, given) {
    const found = await unless(
      ctx.call("lambda", "GetFunctionEventInvokeConfig", placeOf(given)),
      "ResourceNotFoundException",
    );
    return found && idOf(given);
  },

  async create(ctx, given) {
    await ctx.call("lambda", "PutFunctionEventInvokeConfig", settingsOf(given));
    ctx.created(idOf(given));
    return idOf(given);
  },

  async update(ctx, _id, _before, after) {
    await ctx.call("lambda", "PutFunctionEventInvokeConfig", settingsOf(after));
  },

  async remove(ctx, _id, given) {
    await unless(ctx.call("lambda", "DeleteFunctionEventInvokeConfig", placeOf(given)), "ResourceNotFoundException");
  },

  read: () => Promise.resolve({}),
});

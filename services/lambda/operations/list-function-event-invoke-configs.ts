import { pageByName } from "../../../emulator/model/paging.ts";
import { invalidParameter } from "../errors.ts";
import { describeConfig } from "../event-invoke-config.ts";
import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

const PAGE_SIZE = 50;

/**
 * What is set for asynchronous invocations of a function, its versions and its aliases.
 * @throws ResourceNotFoundException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html
 */
export const listFunctionEventInvokeConfigs: Operation<"ListFunctionEventInvokeConfigs"> = (ctx, input) => {
  const { name } = requireFunction(ctx.store, input.FunctionName);
  const all = ctx.store.eventInvokeConfigs(name);
  const invalidMarker = () => invalidParameter("The marker is invalid.");
  const { items, next } = pageByName(
    all,
    ({ qualifier }) => qualifier,
    input.MaxItems ?? PAGE_SIZE,
    input.Marker || undefined,
    invalidMarker,
  );
  return {
    FunctionEventInvokeConfigs: items.map(({ qualifier, config }) =>
      describeConfig(ctx.store, { name, qualifier }, config),
    ),
    ...(next !== undefined && { NextMarker: next }),
  };
};

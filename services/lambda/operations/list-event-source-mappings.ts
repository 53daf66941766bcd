import { toToken } from "../../../emulator/model/paging.ts";
import { functionArn, parseReference } from "../arn.ts";
import { configurationOf } from "../event-source-mapping/configuration.ts";
import { invalidParameter } from "../event-source-mapping/errors.ts";
import type { Mapping } from "../event-source-mapping/model.ts";
import type { Operation } from "../index.ts";
import { fromMarker } from "../lookup.ts";
import type { Scope } from "../model.ts";

/** Most that one answer holds, however many are asked for. */
const PAGE_SIZE = 100;

/**
 * Lists event source mappings in pages, of one stream or of one function where asked for.
 * @throws InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
 */
export const listEventSourceMappings: Operation<"ListEventSourceMappings"> = (ctx, input) => {
  const wantedArn = input.FunctionName && arnOf(ctx, input.FunctionName);
  const pageSize = Math.min(input.MaxItems ?? PAGE_SIZE, PAGE_SIZE);
  const page: Mapping[] = [];
  for (const mapping of ctx.engine.mappings.store.list(ctx.account, ctx.region, afterMarker(input.Marker))) {
    if (input.EventSourceArn && mapping.eventSourceArn !== input.EventSourceArn) continue;
    if (wantedArn && mapping.functionArn !== wantedArn) continue;
    page.push(mapping);
    if (page.length > pageSize) break;
  }
  const shown = page.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    EventSourceMappings: shown.map(configurationOf),
    ...(page.length > pageSize && last && { NextMarker: toToken(last.uuid) }),
  };
};

function afterMarker(marker: string | undefined): string | undefined {
  const uuid = fromMarker(marker);
  if (uuid !== undefined && !/^[0-9a-f-]{36}$/.test(uuid)) throw invalidParameter("The marker is invalid.");
  return uuid;
}

/** The ARN that a mapping of this function carries, from any form of the function's name. */
function arnOf(scope: Scope, functionName: string): string {
  const { name, qualifier } = parseReference(scope, functionName);
  return functionArn(scope, name, qualifier);
}

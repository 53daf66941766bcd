import { configurationOf } from "../event-source-mapping/configuration.ts";
import { invalidParameter } from "../event-source-mapping/errors.ts";
import type { Mapping } from "../event-source-mapping/model.ts";
import type { Operation } from "../index.ts";

/** Most that one answer holds, however many are asked for. */
const PAGE_SIZE = 100;

/**
 * Lists event source mappings in pages, of one stream or of one function where asked for.
 * @throws InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
 */
export const listEventSourceMappings: Operation<"ListEventSourceMappings"> = (ctx, input) => {
  const functionArn = input.FunctionName && functionArnOf(input.FunctionName, ctx);
  const pageSize = Math.min(input.MaxItems ?? PAGE_SIZE, PAGE_SIZE);
  const page: Mapping[] = [];
  for (const mapping of ctx.engine.mappings.store.list(ctx.account, ctx.region, afterMarker(input.Marker))) {
    if (input.EventSourceArn && mapping.eventSourceArn !== input.EventSourceArn) continue;
    if (functionArn && mapping.functionArn !== functionArn) continue;
    page.push(mapping);
    if (page.length > pageSize) break;
  }
  const shown = page.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    EventSourceMappings: shown.map(configurationOf),
    ...(page.length > pageSize && last && { NextMarker: Buffer.from(last.uuid).toString("base64url") }),
  };
};

function afterMarker(marker: string | undefined): string | undefined {
  if (!marker) return undefined;
  const uuid = Buffer.from(marker, "base64url").toString();
  if (!/^[0-9a-f-]{36}$/.test(uuid)) throw invalidParameter("The marker is invalid.");
  return uuid;
}

/** The ARN that a mapping of this function carries, from any form of the function's name. */
function functionArnOf(
  name: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  if (name.startsWith("arn:")) return name;
  const parts = name.split(":").filter((part) => part !== "function");
  const rest = /^\d{12}$/.test(parts[0] ?? "") ? parts.slice(1) : parts;
  return `arn:aws:lambda:${region}:${account}:function:${rest.join(":")}`;
}

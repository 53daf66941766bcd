import type { Context } from "../../emulator/model/context.ts";
import { pageByName } from "../../emulator/model/paging.ts";
import { invalidParameter, invalidValue } from "./errors.ts";
import type { Queue } from "./model.ts";
import { queueUrl } from "./queue-reference.ts";

const MOST_QUEUES = 1_000;

/** URLs of queues; a token for the next page only where the client asks for pages. @throws InvalidParameterValue */
export function pageOfQueues(
  ctx: Pick<Context, "publicEndpoint" | "request">,
  queues: readonly Queue[],
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly urls: string[]; readonly nextToken?: string | undefined } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > MOST_QUEUES)) {
    throw invalidValue(MaxResults, "MaxResults", `MaxResults must be an integer between 1 and ${MOST_QUEUES}.`);
  }
  if (NextToken !== undefined && MaxResults === undefined) {
    throw invalidParameter("MaxResults must be set when NextToken is given.");
  }
  const invalidToken = () => invalidParameter("Invalid or expired next token.");
  const { items, next } = pageByName(queues, ({ name }) => name, MaxResults ?? MOST_QUEUES, NextToken, invalidToken);
  return { urls: items.map((queue) => queueUrl(ctx, queue)), nextToken: MaxResults === undefined ? undefined : next };
}

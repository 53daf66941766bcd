import type { Caller } from "./authorization.ts";
import type { Context } from "./context.ts";

/** Who makes a call, for what an operation finds out by itself that it needs to be allowed. */
export const callerOf = ({
  principal,
  region,
  request,
}: Pick<Context, "principal" | "region" | "request">): Caller => ({
  principal,
  region,
  sourceIp: request?.remoteAddress,
  userAgent: request?.headers["user-agent"],
  referer: request?.headers["referer"],
});

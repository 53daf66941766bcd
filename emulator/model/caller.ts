import type { Caller } from "./authorization.ts";
import type { Context } from "./context.ts";

/** Who makes a call, for what it needs to be allowed: found by the gateway, or by an operation itself. */
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

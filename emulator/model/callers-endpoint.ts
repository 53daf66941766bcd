import type { Context } from "./context.ts";

/** The emulator's URL for whoever made this call: under the name and port by which the request has reached it. */
export function callersEndpoint({ request, publicEndpoint }: Pick<Context, "request" | "publicEndpoint">): string {
  const host = request?.headers[":authority"] ?? request?.headers["host"];
  return host === undefined ? publicEndpoint : `http://${host}`;
}

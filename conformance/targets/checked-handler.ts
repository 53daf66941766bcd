import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpHandlerOptions, HttpRequest, RequestHandler } from "@smithy/types";

/** Sends the requests of a suite in an account, those that it may make. What it needs is loaded with the first of them. */
export function checkedHandler(region: () => Promise<string>): RequestHandler<HttpRequest, never, HttpHandlerOptions> {
  let inner: NodeHttpHandler | undefined;
  return {
    async handle(request, options) {
      const { checkRequest } = await import("./aws.ts");
      checkRequest(request, await region());
      const { NodeHttpHandler: Handler } = await import("@smithy/node-http-handler");
      inner ??= new Handler();
      return (await inner.handle(request as never, options)) as never;
    },
    destroy: () => inner?.destroy(),
  };
}

import { createRequire, syncBuiltinESMExports } from "node:module";

/** Where CloudFormation takes the answers of custom resources. */
const PREFIX = "/_headwater/custom-resources/";

let isDone = false;

/**
 * What answers for a custom resource (cfn-response, the CDK's providers) takes the host and the path of the event's ResponseURL and
 * speaks HTTPS with port 443, whatever the URL says: AWS's are such. The emulator speaks HTTP on its own port, so requests to
 * these paths of it are sent there. Nothing is loaded before an event has such a URL.
 * @param {string} event the event's text
 */
export function reachCallbackUrls(event) {
  if (isDone || !event.includes(PREFIX)) return;
  isDone = true;
  const url = /"ResponseURL":"(http:[^"]+)"/.exec(event)?.[1];
  if (url === undefined || !URL.canParse(url)) return;
  const { hostname, port } = new URL(url);
  const require = createRequire(import.meta.url);
  const http = require("node:http");
  const https = require("node:https");
  const { request } = https;
  https.request = function (...given) {
    const [options] = given;
    const isOurs =
      typeof options === "object" &&
      (options.hostname ?? options.host) === hostname &&
      String(options.path ?? options.pathname).startsWith(PREFIX);
    if (!isOurs) return request.apply(this, given);
    return http.request({ ...options, protocol: "http:", hostname, port, agent: undefined }, ...given.slice(1));
  };
  syncBuiltinESMExports();
}

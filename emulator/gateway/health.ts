import { VERSION } from "../version.ts";
import type { Emulator } from "../emulator.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import type { Exchange } from "./exchange.ts";

/** `GET /_headwater/health`, and the same in the form that tools made for LocalStack wait for. */
export function health({ method, path }: Exchange, emulator: Emulator): Answer | undefined {
  if (path !== "/_headwater/health" && path !== "/_localstack/health") return undefined;
  if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { allow: "GET, HEAD" }, body: "" };
  const services = Object.fromEntries(emulator.services.map((service) => [service.name, "running"]));
  const body =
    path === "/_headwater/health"
      ? {
          status: "running",
          version: VERSION,
          endpoint: emulator.host.endpoint,
          dataDirectory: emulator.dataDirectory,
          services,
        }
      : { services, edition: "headwater", version: VERSION };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

import { STAGES } from "../init/stages.ts";
import { VERSION } from "../version.ts";
import type { Emulator } from "../emulator.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import type { Exchange } from "./exchange.ts";

type Page = (emulator: Emulator) => object;

const PAGES: Readonly<Record<string, Page>> = {
  "/_headwater/health": (emulator) => ({
    status: "running",
    version: VERSION,
    endpoint: emulator.host.endpoint,
    dataDirectory: emulator.dataDirectory,
    services: serviceStates(emulator),
  }),
  // what tools made for LocalStack wait for
  "/_localstack/health": (emulator) => ({ services: serviceStates(emulator), edition: "headwater", version: VERSION }),
  "/_localstack/init": ({ init }) => ({
    completed: Object.fromEntries(STAGES.map((stage) => [stage, init.isCompleted(stage)])),
    scripts: init.scripts(),
  }),
};

const ENGINE_PAGE = /^\/_headwater\/([^/]+)$/;
const STAGE_PAGE = /^\/_localstack\/init\/([^/]+)$/;

/**
 * How the emulator, its init scripts and what runs by itself are: `GET /_headwater/health`, `/_localstack/health`, `/_localstack/init`,
 * `/_localstack/init/STAGE`, and what engines show of themselves at `/_headwater/NAME`.
 */
export function health({ method, path }: Exchange, emulator: Emulator): Answer | undefined {
  const stage = STAGE_PAGE.exec(path)?.[1];
  const page = stage === undefined ? (PAGES[path] ?? enginePage(path, emulator)) : stagePage(stage);
  if (!page) return undefined;
  if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { allow: "GET, HEAD" }, body: "" };
  if (page === "no such stage") {
    return {
      status: 404,
      headers: { "content-type": "text/plain" },
      body: `no such stage ${stage?.slice(0, 200) ?? ""}`,
    };
  }
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(page(emulator)) };
}

const enginePage = (path: string, emulator: Emulator): Page | undefined => {
  const name = ENGINE_PAGE.exec(path)?.[1];
  return name === undefined ? undefined : emulator.page(name);
};

function stagePage(name: string): Page | "no such stage" {
  const stage = STAGES.find((each) => each === name.toUpperCase());
  if (stage === undefined) return "no such stage";
  return ({ init }) => ({
    completed: init.isCompleted(stage),
    scripts: init.scripts().filter((script) => script.stage === stage),
  });
}

const serviceStates = (emulator: Emulator) =>
  Object.fromEntries(emulator.services.map((service) => [service.name, "running"]));

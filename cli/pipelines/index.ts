import { join } from "node:path";
import { UserError } from "../errors.ts";
import { PACKAGE_ROOT } from "../package.ts";
import type { Pipeline, PipelineCommands } from "./pipeline.ts";

const pipeline = (name: string, handlers: readonly string[], load: () => Promise<PipelineCommands>): Pipeline => ({
  name,
  folder: join(PACKAGE_ROOT, "handlers", name),
  handlers,
  load,
});

/** The one list of pipelines. */
export const PIPELINES: readonly Pipeline[] = [
  pipeline("rivers", ["handler.ts"], async () => (await import("./rivers.ts")).rivers),
  pipeline(
    "retail",
    ["ingest.ts", "archive.ts", "store.ts", "query.ts"],
    async () => (await import("./retail.ts")).retail,
  ),
  pipeline("weather", ["handler.ts"], async () => (await import("./weather.ts")).weather),
  pipeline("iot", ["handler.ts"], async () => (await import("./iot.ts")).iot),
  pipeline("sensors", ["handler.ts"], async () => (await import("./sensors.ts")).sensors),
];

export const PIPELINE_NAMES = PIPELINES.map(({ name }) => name);

/** Instead of names: every pipeline. */
export const ALL = "all";

/** The pipelines of these names, each once, in the order of the list. */
export function findPipelines(names: readonly string[]): readonly Pipeline[] {
  const found = new Set(names.flatMap((name) => (name === ALL ? PIPELINES : findPipeline(name))));
  return PIPELINES.filter((each) => found.has(each));
}

export function findPipeline(name: string): Pipeline {
  const found = PIPELINES.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new UserError(`There is no pipeline "${name}". Pipelines: ${PIPELINE_NAMES.join(", ")}.`);
}

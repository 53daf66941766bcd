import { join } from "node:path";
import type { Producer } from "../producer/produce.ts";
import { rivers } from "../producer/rivers.ts";
import { UserError } from "./errors.ts";
import { PACKAGE_ROOT } from "./package.ts";

export interface Pipeline {
  readonly name: string;
  /** Folder with template.yaml and the handlers. */
  readonly folder: string;
  /** Entry files of the Lambda functions, one .mjs file each in the zip. */
  readonly handlers: readonly string[];
  readonly producer: Producer;
  readonly sampleFile: string;
}

const pipeline = (name: string, rest: Pick<Pipeline, "handlers" | "producer">): Pipeline => ({
  name,
  folder: join(PACKAGE_ROOT, "handlers", name),
  sampleFile: join(PACKAGE_ROOT, "data", `${name}.csv`),
  ...rest,
});

/** The one list of pipelines. */
const PIPELINES: readonly Pipeline[] = [pipeline("rivers", { handlers: ["handler.ts"], producer: rivers })];

export function findPipeline(name: string): Pipeline {
  const found = PIPELINES.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new UserError(`There is no pipeline "${name}". Pipelines: ${PIPELINES.map((each) => each.name).join(", ")}.`);
}

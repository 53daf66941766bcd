import { APIGatewayClient, GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { existsSync } from "node:fs";
import type { SensorEvent } from "../../handlers/sensors/sensor-event.ts";
import { SensorsRun } from "../../producer/sensors.ts";
import type { Posted } from "../../producer/poster.ts";
import type { ProducerRun } from "../../producer/producer.ts";
import { apiUrlOf, output } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { COMMAND } from "../package.ts";
import { notNegative, wholePositive } from "../options.ts";
import { styled } from "../style.ts";
import { counted } from "../text.ts";
import type { Demo, Deployed, Follower, PipelineCommand, PipelineCommands } from "./pipeline.ts";

const PRODUCE_HELP = `
API_URL and API_KEY come from the environment, from the file .env in this folder (headwater deploy sensors --write-env writes
it), or from the deployed stack. A line an event: status, sensor, temperature, time that the API took.`;

export interface SensorsProduceOptions {
  readonly nEvents: number;
  readonly nWorkers: number;
  readonly maxDelay: number;
  /** Instead of the one of the environment or of the stack. */
  readonly api?: Api;
}

interface Api {
  readonly url: string;
  readonly key: string;
}

const produce: PipelineCommand<SensorsProduceOptions, ProducerRun> = {
  description: "POST made-up events of sensors to the API, by parallel workers",

  configure: (command) =>
    command
      .option("--n-events <count>", "events in all", wholePositive("number of events"), 50)
      .option("--n-workers <count>", "parallel workers", wholePositive("number of workers"), 5)
      .option("--max-delay <seconds>", "longest pause of a worker before an event", notNegative("delay"), 2)
      .addHelpText("after", PRODUCE_HELP),

  prepare: async (deployed, options) => ({ ...options, api: options.api ?? (await apiOfUser(deployed)) }),

  run: (_deployed, options, { signal, print }) => {
    if (!options.api) throw new Error("no API: prepare() finds it");
    return new SensorsRun({
      apiUrl: options.api.url,
      apiKey: options.api.key,
      events: options.nEvents,
      workers: options.nWorkers,
      maxDelaySeconds: options.maxDelay,
      signal,
      onTrouble: (message) => print(styled("yellow", message)),
      onPosted: (event, posted) => print(lineOf(event, posted)),
    });
  },
};

/** What the environment says of the API, and else what is deployed. */
async function apiOfUser(deployed: Deployed): Promise<Api> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const { API_URL: url, API_KEY: key } = process.env;
  if (url && !(/^https?:\/\//.test(url) && URL.canParse(url))) throw new UserError(`API_URL is no http URL: ${url}`);
  if (url && key) return { url: url.replace(/\/$/, ""), key };
  if (!url && !key) return apiOf(deployed);
  throw new UserError("Set both API_URL and API_KEY, or neither: then they are those of the deployed stack.");
}

function lineOf(
  { sensor_id: sensor, temperature, epoch }: SensorEvent,
  { status, milliseconds, attempts, body }: Posted,
) {
  const style = status < 300 ? "green" : status === 429 ? "yellow" : "red";
  const cells = [
    styled(style, String(status)),
    `sensor ${sensor.slice(0, 8)}`,
    `${temperature.toFixed(2).padStart(6)} °C`,
    new Date(epoch * 1000).toISOString().slice(0, 19),
    `${milliseconds.toFixed(0).padStart(5)} ms`,
  ];
  const remarks = [attempts > 1 && styled("yellow", `${attempts} attempts`), status >= 300 && body.slice(0, 120)];
  return [...cells, ...remarks.filter((remark) => remark !== false)].join("  ");
}

/** URL and key of the deployed API, as its clients need them. */
async function apiOf({ target, outputs }: Deployed): Promise<Api> {
  const client = new APIGatewayClient(target.clientConfig);
  const { value } = await client.send(
    new GetApiKeyCommand({ apiKey: output(outputs, "ApiKeyId"), includeValue: true }),
  );
  return { url: apiUrlOf(target, outputs), key: value! };
}

/** Counts the objects, one an event. */
class EventsFollower implements Follower {
  readonly #s3: S3Client;
  readonly #bucket: string;
  #sensors = 0;

  constructor({ target, outputs }: Deployed) {
    this.#s3 = new S3Client(target.s3Config);
    this.#bucket = output(outputs, "EventsBucketName");
  }

  async next() {
    let stored = 0;
    const sensors = new Set<string>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket })) {
      stored += Contents.length;
      for (const { Key = "" } of Contents) sensors.add(Key.split("/")[1]!);
    }
    this.#sensors = sensors.size;
    return { lines: [], stored, errors: 0 };
  }

  async figures() {
    return [counted(this.#sensors, "sensor")];
  }
}

const DEMO_EVENTS = 50;
const DEMO_WORKERS = 5;

const demo: Demo = {
  title: "made-up events of ten sensors, POSTed with an API key and stored as JSON objects",
  produceOptions: async ({ rate }, deployed): Promise<SensorsProduceOptions> => ({
    nEvents: DEMO_EVENTS,
    nWorkers: DEMO_WORKERS,
    maxDelay: (2 * DEMO_WORKERS) / rate,
    api: await apiOf(deployed),
  }),
  follow: (deployed) => new EventsFollower(deployed),
  nextSteps: ({ target, outputs }) => {
    const url = apiUrlOf(target, outputs);
    return [
      `${COMMAND} produce sensors --n-events 20`,
      `curl -i -X POST ${url}/events -d '{}'    # no key: 403`,
      `aws s3 ls --recursive s3://${outputs["EventsBucketName"]}`,
    ];
  },
};

export const sensors: PipelineCommands = {
  produce,
  environment: async (deployed) => {
    const { url, key } = await apiOf(deployed);
    return { API_URL: url, API_KEY: key };
  },
  secrets: ["API_KEY"],
  demo,
};

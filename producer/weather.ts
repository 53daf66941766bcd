import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { AccessDataService } from "./noaa/access-data-service.ts";
import { ClimateDataOnline } from "./noaa/climate-data-online.ts";
import type { Observation } from "../handlers/weather/observation.ts";
import { NOAA_URL, type Period, type Source } from "./noaa/source.ts";
import { StandIn } from "./noaa/stand-in.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";
import { kinesisStream } from "./put-records.ts";
import { Pacer } from "./rate.ts";
import { RecordSender } from "./record-sender.ts";
import { Tally } from "./tally.ts";

/** Where the observations come from: NOAA's two services, or the stand-in that serves both over sample data. */
export type SourceName = "cdo" | "access" | "stand-in";

export interface WeatherOptions {
  /** Closed at the end of the run. */
  readonly client: Pick<KinesisClient, "send" | "destroy">;
  readonly streamName: string;
  readonly period: Period;
  readonly source: SourceName;
  /** Of Climate Data Online. */
  readonly token?: string;
  /** Where the services are, when not at NOAA's own address. */
  readonly url?: string;
  /** What the stand-in serves. */
  readonly sampleFile: string;
  /** Observations a second, 1 or more. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Each observation is a record of its own; a station's records share a shard and keep their order. */
const recordOf = (observation: Observation) => ({
  partitionKey: observation.Station,
  data: Buffer.from(JSON.stringify(observation)),
});

/** One run: NOAA's daily summaries of a state and a period, put on a stream day by day. */
export class WeatherRun implements ProducerRun {
  readonly unit = "observation";
  readonly #options: WeatherOptions;
  readonly #sender: RecordSender;
  readonly #tally = new Tally();
  #fraction = 0;

  constructor(options: WeatherOptions) {
    this.#options = options;
    this.#sender = new RecordSender(kinesisStream(options.client, options.streamName));
  }

  get stats(): ProducerStats {
    return this.#tally.with(this.#sender.stats);
  }

  get fraction(): number {
    return this.#fraction;
  }

  async run(): Promise<void> {
    const { source, sampleFile, print, client } = this.#options;
    await using standIn = source === "stand-in" ? await StandIn.start({ file: sampleFile }) : undefined;
    if (standIn) print(`A stand-in at ${standIn.url} serves made-up data: NOAA is not asked.`);
    try {
      await this.#stream(this.#open(standIn?.url));
    } catch (error) {
      // an interruption ends waits and requests by errors
      if (!this.#options.signal.aborted) throw error;
    } finally {
      await this.#sender.drain().finally(() => {
        this.#tally.end();
        client.destroy();
      });
    }
  }

  #open(standInUrl: string | undefined): Source {
    const { source, token, url, signal, print } = this.#options;
    const onRetry = (reason: string) => print(`NOAA: ${reason}, asked again`);
    if (source === "cdo") {
      if (token === undefined)
        throw new Error("Climate Data Online wants a token: set NOAA_TOKEN, or use --source access.");
      return new ClimateDataOnline(token, { url: url ?? NOAA_URL, signal, onRetry });
    }
    if (source === "access") return new AccessDataService({ url: url ?? NOAA_URL, signal, onRetry });
    return new ClimateDataOnline("stand-in", { url: standInUrl!, signal, onRetry });
  }

  async #stream(source: Source): Promise<void> {
    const { period, rate, signal } = this.#options;
    const pacer = new Pacer(rate);
    const [firstMs, lastMs] = [Date.parse(period.from), Date.parse(period.to)];
    for await (const day of source.observations(period)) {
      for (const observation of day) {
        await pacer.next(signal);
        if (signal.aborted) return;
        await this.#sender.send(recordOf(observation));
        this.#tally.read++;
      }
      this.#fraction = (Date.parse(day[0]!.Date) - firstMs + 1) / (lastMs - firstMs + 1);
    }
    if (this.#tally.read === 0) {
      throw new Error(
        `${source.name} has no observations of ${period.state.name} from ${period.from} to ${period.to}.`,
      );
    }
    this.#fraction = 1;
  }
}

import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  paginateListEventSourceMappings,
} from "@aws-sdk/client-lambda";
import type { MappingStatus, ShardStatus } from "../services/lambda/event-source-mapping/status.ts";
import { explain, httpStatusOf, UserError } from "./errors.ts";
import type { Target } from "./targets/index.ts";

export interface MappingProgress {
  readonly uuid: string;
  /** The function's name, with the qualifier that the mapping was made with, if any. */
  readonly function: string;
  readonly eventSourceArn: string;
  readonly state: string;
  readonly lastProcessingResult: string;
  /** Undefined where the target does not tell. */
  readonly shards?: readonly ShardStatus[];
  /** Of the function, as CloudWatch has it; undefined where it has none, or the shards tell it. */
  readonly iteratorAgeMs?: number;
}

export interface Progress {
  /** Epoch milliseconds by the target's clock. */
  readonly now: number;
  readonly mappings: readonly MappingProgress[];
}

interface Page {
  readonly now: number;
  readonly mappings: readonly MappingStatus[];
}

/** CloudWatch has one value a minute, and is paid for each that is asked for. */
const AGE_INTERVAL_MS = 60_000;
const MINUTE_S = 60;
/** An idle function has no values; the newest one of these minutes counts. */
const AGE_MINUTES = 15;
/** What one call of GetMetricData takes. */
const MOST_QUERIES = 500;

/** Reads how far event source mappings are: all of it from our emulator; from others what Lambda and CloudWatch tell. */
export class MappingsReader {
  readonly #target: Target;
  readonly #functionName: string | undefined;
  readonly #note: (line: string) => void;
  #ages: { readonly readAt: number; readonly ofFunction: ReadonlyMap<string, number> } | undefined;

  /**
   * @param functionName of which mappings alone are read
   * @param note is told what the target does not tell
   */
  constructor(target: Target, functionName: string | undefined, note: (line: string) => void) {
    this.#target = target;
    this.#functionName = functionName;
    this.#note = note;
    if (target.mappingsUrl !== undefined) return;
    note(
      `Checkpoints, batches and attempts are not told on ${target.name}: Lambda has no call for them. Ages are CloudWatch's IteratorAge.`,
    );
  }

  async read(): Promise<Progress> {
    const configurations = await this.#configurations();
    const wanted = configurations.filter((each) => this.#isWanted(each));
    const names = [...new Set(configurations.map(functionOf))].toSorted();
    if (wanted.length === 0 && this.#functionName !== undefined && names.length > 0) {
      throw new UserError(
        `No event source mapping calls ${this.#functionName}. Functions that have: ${names.join(", ")}.`,
      );
    }
    const { mappingsUrl } = this.#target;
    return mappingsUrl === undefined ? this.#withAges(wanted) : this.#withShards(wanted, mappingsUrl);
  }

  async #configurations(): Promise<EventSourceMappingConfiguration[]> {
    const client = new LambdaClient(this.#target.clientConfig);
    const all: EventSourceMappingConfiguration[] = [];
    for await (const page of paginateListEventSourceMappings({ client }, {})) {
      all.push(...(page.EventSourceMappings ?? []));
    }
    client.destroy();
    return all.toSorted((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
  }

  #isWanted({ FunctionArn = "" }: EventSourceMappingConfiguration): boolean {
    const wanted = this.#functionName;
    const [, , , , , , name, qualifier] = FunctionArn.split(":");
    return wanted === undefined || [FunctionArn, name, `${name}:${qualifier}`].includes(wanted);
  }

  async #withShards(configurations: readonly EventSourceMappingConfiguration[], url: string): Promise<Progress> {
    const answer = await fetch(url);
    if (!answer.ok) throw new UserError(`${new URL(url).origin} answers ${url} with HTTP ${answer.status}.`);
    const { now, mappings } = (await answer.json()) as Page;
    const shards = new Map(mappings.map((each) => [each.uuid, each.shards]));
    return {
      now,
      mappings: configurations.map((each) => ({ ...mappingOf(each), shards: shards.get(each.UUID ?? "") ?? [] })),
    };
  }

  async #withAges(configurations: readonly EventSourceMappingConfiguration[]): Promise<Progress> {
    const now = Date.now();
    const names = new Set(configurations.map(({ FunctionArn }) => FunctionArn?.split(":")[6] ?? ""));
    if (!this.#ages || now - this.#ages.readAt >= AGE_INTERVAL_MS) {
      this.#ages = { readAt: now, ofFunction: await this.#readAges([...names], now).catch(this.#withoutAges) };
    }
    const { ofFunction } = this.#ages;
    const withAge = (each: EventSourceMappingConfiguration): MappingProgress => {
      const iteratorAgeMs = ofFunction.get(each.FunctionArn?.split(":")[6] ?? "");
      return { ...mappingOf(each), ...(iteratorAgeMs !== undefined && { iteratorAgeMs }) };
    };
    return { now, mappings: configurations.map(withAge) };
  }

  /** Who may not read metrics sees the mappings all the same. */
  readonly #withoutAges = (error: unknown): Map<string, number> => {
    if (httpStatusOf(error) !== 403) throw error;
    if (!this.#ages) this.#note(`There are no ages: ${explain(error)}`);
    return new Map();
  };

  /** The newest IteratorAge of each function that has one. */
  async #readAges(names: readonly string[], now: number): Promise<Map<string, number>> {
    const client = new CloudWatchClient(this.#target.clientConfig);
    const ages = new Map<string, number>();
    for (let from = 0; from < names.length; from += MOST_QUERIES) {
      const asked = names.slice(from, from + MOST_QUERIES);
      const { MetricDataResults = [] } = await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(now - AGE_MINUTES * MINUTE_S * 1000),
          EndTime: new Date(now),
          ScanBy: "TimestampDescending",
          MetricDataQueries: asked.map(ageQuery),
        }),
      );
      for (const { Id, Values } of MetricDataResults) {
        const name = asked[Number(Id?.slice(1))];
        const age = Values?.[0];
        if (name !== undefined && age !== undefined) ages.set(name, age);
      }
    }
    client.destroy();
    return ages;
  }
}

const ageQuery = (name: string, index: number): MetricDataQuery => ({
  Id: `f${index}`,
  MetricStat: {
    Metric: {
      Namespace: "AWS/Lambda",
      MetricName: "IteratorAge",
      Dimensions: [{ Name: "FunctionName", Value: name }],
    },
    Period: MINUTE_S,
    Stat: "Maximum",
  },
});

const functionOf = ({ FunctionArn = "" }: EventSourceMappingConfiguration): string =>
  FunctionArn.split(":").slice(6).join(":");

const sortKeyOf = (mapping: EventSourceMappingConfiguration): string =>
  `${functionOf(mapping)} ${mapping.EventSourceArn} ${mapping.UUID}`;

const mappingOf = (mapping: EventSourceMappingConfiguration): MappingProgress => ({
  uuid: mapping.UUID ?? "",
  function: functionOf(mapping),
  eventSourceArn: mapping.EventSourceArn ?? "",
  state: mapping.State ?? "",
  lastProcessingResult: mapping.LastProcessingResult ?? "",
});

import {
  type AttributeValue,
  DynamoDBClient,
  paginateQuery,
  paginateScan,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Observation } from "../handlers/weather/observation.ts";
import { output } from "./deployment/stack.ts";
import type { Deployed } from "./pipelines/pipeline.ts";

/** Answers questions about the weather by DynamoDB's Query, each by the table or index that has the answer in its keys. */
export class WeatherReader {
  readonly #client: DynamoDBClient;
  readonly #stations: string;
  readonly #days: string;

  constructor({ target, outputs }: Deployed) {
    this.#client = new DynamoDBClient(target.clientConfig);
    this.#stations = output(outputs, "StationsTableName");
    this.#days = output(outputs, "DaysTableName");
  }

  /** All stations of one day. */
  ofDate(date: string): Promise<Observation[]> {
    return this.#all({
      TableName: this.#days,
      KeyConditionExpression: "#date = :date",
      ExpressionAttributeNames: { "#date": "Date" },
      ExpressionAttributeValues: { ":date": { S: date } },
    });
  }

  /** One station's days, oldest first; of one month (YYYY-MM) or day (YYYY-MM-DD) where `day` gives one. */
  ofStation(station: string, day?: string): Promise<Observation[]> {
    return this.#all({
      TableName: this.#stations,
      KeyConditionExpression: `Station = :station${day === undefined ? "" : " AND begins_with(#date, :day)"}`,
      ExpressionAttributeNames: day === undefined ? undefined : { "#date": "Date" },
      ExpressionAttributeValues: { ":station": { S: station }, ...(day !== undefined && { ":day": { S: day } }) },
    });
  }

  /** The first of a month's index: the coldest nights from the coldest, the wettest days from the wettest. */
  async extremes(index: "coldest" | "wettest", month: string, count: number): Promise<Observation[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#days,
        IndexName: index,
        KeyConditionExpression: "#month = :month",
        ExpressionAttributeNames: { "#month": "Month" },
        ExpressionAttributeValues: { ":month": { S: month } },
        ScanIndexForward: index === "coldest",
        Limit: count,
      }),
    );
    return Items.map(observationOf);
  }

  /** Everything, for the demo's table. */
  async everything(): Promise<Observation[]> {
    const found: Observation[] = [];
    const pages = paginateScan({ client: this.#client }, { TableName: this.#days, ConsistentRead: true });
    for await (const { Items = [] } of pages) found.push(...Items.map(observationOf));
    return found;
  }

  async #all(query: QueryCommandInput): Promise<Observation[]> {
    const found: Observation[] = [];
    const pages = paginateQuery({ client: this.#client }, { ...query, ConsistentRead: true });
    for await (const { Items = [] } of pages) found.push(...Items.map(observationOf));
    return found;
  }
}

function observationOf(item: Record<string, AttributeValue>): Observation {
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  return {
    Station: item.Station?.S ?? "",
    Date: item.Date?.S ?? "",
    PrecipitationMm: number("PrecipitationMm"),
    SnowfallMm: number("SnowfallMm"),
    MinimumTemperatureF: number("MinimumTemperatureF"),
    MaximumTemperatureF: number("MaximumTemperatureF"),
  };
}

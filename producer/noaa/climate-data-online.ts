import type { Observation } from "../../handlers/weather/observation.ts";
import { NoaaClient } from "./noaa-client.ts";
import { type Element, ELEMENTS, observationOf } from "./observation.ts";
import { type Period, pieces, type Source, type SourceOptions } from "./source.ts";

/** Most values of one page. */
const PAGE_VALUES = 1000;
/** Daily data are given for less than a year at a time. */
const PIECE_DAYS = 364;

interface Datum {
  readonly date: string;
  readonly datatype: string;
  readonly station: string;
  readonly value: number;
}

interface Page {
  readonly metadata?: { readonly resultset: { readonly count: number } };
  readonly results?: readonly Datum[];
}

/**
 * Climate Data Online, version 2: one value a line, ordered by date, in pages of 1,000, at most 5 requests a second.
 * @see https://www.ncdc.noaa.gov/cdo-web/webservices/v2
 */
export class ClimateDataOnline implements Source {
  readonly name = "Climate Data Online";
  readonly #client: NoaaClient;
  readonly #token: string;

  constructor(token: string, options: SourceOptions) {
    this.#token = token;
    this.#client = new NoaaClient(this.name, options);
  }

  async *observations(period: Period): AsyncGenerator<readonly Observation[], void> {
    let day: Datum[] = [];
    for await (const datum of this.#data(period)) {
      if (day[0] !== undefined && day[0].date !== datum.date) {
        yield observationsOf(day);
        day = [];
      }
      day.push(datum);
    }
    if (day.length > 0) yield observationsOf(day);
  }

  async *#data(period: Period): AsyncGenerator<Datum, void> {
    for (const { from, to } of pieces(period, PIECE_DAYS)) {
      for (let offset = 1, count = 1; offset <= count; offset += PAGE_VALUES) {
        const page = await this.#page(period, from, to, offset);
        // no data at all: an empty document
        count = page.metadata?.resultset.count ?? 0;
        yield* page.results ?? [];
      }
    }
  }

  async #page({ state }: Period, from: string, to: string, offset: number): Promise<Page> {
    const values = {
      ...{ datasetid: "GHCND", locationid: `FIPS:${state.fips}`, startdate: from, enddate: to, units: "metric" },
      ...{ sortfield: "date", sortorder: "asc", limit: String(PAGE_VALUES), offset: String(offset) },
    };
    const elements = ELEMENTS.map((element) => ["datatypeid", element] as const);
    const query = [...Object.entries(values), ...elements];
    return (await this.#client.get("/cdo-web/api/v2/data", query, { headers: { token: this.#token } })) as Page;
  }
}

/** The values of one day, station by station. */
function observationsOf(day: readonly Datum[]): Observation[] {
  const stations = new Map<string, Partial<Record<Element, number>>>();
  for (const { station, datatype, value } of day) {
    const values = stations.get(station) ?? {};
    if (ELEMENTS.includes(datatype as Element)) values[datatype as Element] = value;
    stations.set(station, values);
  }
  const date = day[0]!.date.slice(0, 10);
  return [...stations].map(([station, values]) => observationOf(station.replace(/^GHCND:/, ""), date, values));
}

import { patientFetch } from "../http.ts";
import { Pacer } from "../rate.ts";
import { type Element, ELEMENTS, type Observation, observationOf } from "./observation.ts";
import { excerpt, NoaaError, type Period, pieces, type Source, type SourceOptions } from "./source.ts";

export const CDO_URL = "https://www.ncei.noaa.gov";

/** Most values of one page. */
const PAGE_VALUES = 1000;
/** A token's limit: https://www.ncei.noaa.gov/cdo-web/webservices/v2 */
const REQUESTS_PER_SECOND = 5;
/** Daily data are given for less than a year at a time. */
const PIECE_DAYS = 364;
const PATIENCE_MS = 60_000;
const RETRIED = new Set([429, 503]);

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
  readonly #options: SourceOptions;
  readonly #token: string;
  readonly #pacer = new Pacer(REQUESTS_PER_SECOND);

  constructor(token: string, options: SourceOptions) {
    this.#token = token;
    this.#options = options;
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
    const url = new URL("/cdo-web/api/v2/data", this.#options.url);
    const values = {
      ...{ datasetid: "GHCND", locationid: `FIPS:${state.fips}`, startdate: from, enddate: to, units: "metric" },
      ...{ sortfield: "date", sortorder: "asc", limit: String(PAGE_VALUES), offset: String(offset) },
    };
    for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
    for (const element of ELEMENTS) url.searchParams.append("datatypeid", element);
    await this.#pacer.next(this.#options.signal);
    const { ok, status, body } = await patientFetch({
      url,
      init: { headers: { token: this.#token } },
      patienceMs: PATIENCE_MS,
      retriedStatuses: RETRIED,
      signal: this.#options.signal,
      abortsAttempt: true,
      onRetry: ({ reason }) => this.#options.onRetry?.(reason),
    });
    if (!ok) throw new NoaaError(`${this.name}: HTTP ${status}: ${excerpt(body)}`);
    try {
      return JSON.parse(body) as Page;
    } catch {
      throw new NoaaError(`${this.name}: no JSON but ${excerpt(body)}`);
    }
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

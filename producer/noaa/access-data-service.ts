import { patientFetch } from "../http.ts";
import { Pacer } from "../rate.ts";
import { type Element, ELEMENTS, type Observation, observationOf } from "./observation.ts";
import { excerpt, NoaaError, type Period, pieces, type Source, type SourceOptions } from "./source.ts";

export const ACCESS_URL = "https://www.ncei.noaa.gov";

/** One answer holds all stations of a piece: a week of the largest state is below 10 MB. */
const PIECE_DAYS = 7;
/** The service states no limit; politeness is that of the older one. */
const REQUESTS_PER_SECOND = 5;
const PATIENCE_MS = 60_000;
const RETRIED = new Set([429, 503]);

/** Values are text, and absent where nothing was measured. */
type Row = Readonly<Partial<Record<Element | "DATE" | "STATION" | "NAME", string>>>;

/**
 * NCEI's access data service, which needs no token: it selects stations by a box, and their names tell the state.
 * @see https://www.ncei.noaa.gov/support/access-data-service-api-user-documentation
 */
export class AccessDataService implements Source {
  readonly name = "NCEI access data service";
  readonly #options: SourceOptions;
  readonly #pacer = new Pacer(REQUESTS_PER_SECOND);

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  async *observations(period: Period): AsyncGenerator<readonly Observation[], void> {
    const isOfState = (name = "") => name.trimEnd().endsWith(`, ${period.state.code} US`);
    for (const { from, to } of pieces(period, PIECE_DAYS)) {
      const days = new Map<string, Observation[]>();
      for (const row of await this.#rows(period, from, to)) {
        if (!isOfState(row.NAME) || row.DATE === undefined || row.STATION === undefined) continue;
        const observation = observationOf(row.STATION, row.DATE, valuesOf(row));
        const day = days.get(row.DATE);
        if (day) day.push(observation);
        else days.set(row.DATE, [observation]);
      }
      for (const date of [...days.keys()].toSorted()) yield days.get(date)!;
    }
  }

  async #rows({ state }: Period, from: string, to: string): Promise<readonly Row[]> {
    const url = new URL("/access/services/data/v1", this.#options.url);
    const values = {
      ...{ dataset: "daily-summaries", dataTypes: ELEMENTS.join(","), boundingBox: state.box.join(",") },
      ...{ startDate: from, endDate: to, units: "metric", format: "json", includeStationName: "true" },
    };
    for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
    await this.#pacer.next(this.#options.signal);
    const { ok, status, body } = await patientFetch({
      url,
      patienceMs: PATIENCE_MS,
      retriedStatuses: RETRIED,
      signal: this.#options.signal,
      abortsAttempt: true,
      onRetry: ({ reason }) => this.#options.onRetry?.(reason),
    });
    if (!ok) throw new NoaaError(`${this.name}: HTTP ${status}: ${excerpt(body)}`);
    try {
      return JSON.parse(body) as Row[];
    } catch {
      throw new NoaaError(`${this.name}: no JSON but ${excerpt(body)}`);
    }
  }
}

function valuesOf(row: Row): Partial<Record<Element, number>> {
  const values: Partial<Record<Element, number>> = {};
  for (const element of ELEMENTS) {
    const text = row[element]?.trim() ?? "";
    if (text !== "" && Number.isFinite(Number(text))) values[element] = Number(text);
  }
  return values;
}

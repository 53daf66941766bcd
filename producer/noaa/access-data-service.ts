import type { Observation } from "../../handlers/weather/observation.ts";
import { NoaaClient } from "./noaa-client.ts";
import { type Element, ELEMENTS, observationOf } from "./observation.ts";
import { type Period, pieces, type Source, type SourceOptions } from "./source.ts";

/** One answer holds all stations of a piece: a week of the largest state is below 10 MB. */
const PIECE_DAYS = 7;

/** Values are text, and absent where nothing was measured. */
type Row = Readonly<Partial<Record<Element | "DATE" | "STATION" | "NAME", string>>>;

/**
 * NCEI's access data service, which needs no token: it selects stations by a box, and their names tell the state.
 * @see https://www.ncei.noaa.gov/support/access-data-service-api-user-documentation
 */
export class AccessDataService implements Source {
  readonly name = "NCEI access data service";
  readonly #client: NoaaClient;

  constructor(options: SourceOptions) {
    this.#client = new NoaaClient(this.name, options);
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
    const values = {
      ...{ dataset: "daily-summaries", dataTypes: ELEMENTS.join(","), boundingBox: state.box.join(",") },
      ...{ startDate: from, endDate: to, units: "metric", format: "json", includeStationName: "true" },
    };
    return (await this.#client.get("/access/services/data/v1", Object.entries(values))) as Row[];
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

import type { Observation } from "../../handlers/weather/observation.ts";

/** What NOAA's daily summaries measure, by GHCN-Daily's names of the elements. */
export type Element = "PRCP" | "SNOW" | "TMIN" | "TMAX";

export const ELEMENTS: readonly Element[] = ["PRCP", "SNOW", "TMIN", "TMAX"];

/** Values in metric units, as both of NOAA's services give them: mm and degrees Celsius. */
export type MetricValues = Readonly<Partial<Record<Element, number>>>;

/** The one place where units are converted: rain and snow stay in mm, temperatures become degrees Fahrenheit. */
export function observationOf(station: string, date: string, { PRCP, SNOW, TMIN, TMAX }: MetricValues): Observation {
  return {
    Station: station,
    Date: date,
    ...(PRCP !== undefined && { PrecipitationMm: PRCP }),
    ...(SNOW !== undefined && { SnowfallMm: SNOW }),
    ...(TMIN !== undefined && { MinimumTemperatureF: fahrenheitOf(TMIN) }),
    ...(TMAX !== undefined && { MaximumTemperatureF: fahrenheitOf(TMAX) }),
  };
}

/** Stations measure to a tenth of a degree Celsius: two decimals of Fahrenheit lose nothing. */
const fahrenheitOf = (celsius: number): number => Math.round(((celsius * 9) / 5) * 100 + 3200) / 100;

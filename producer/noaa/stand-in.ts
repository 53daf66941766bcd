import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { parse } from "csv-parse/sync";
import { type Element, ELEMENTS } from "./observation.ts";
import { findState } from "./states.ts";

/** A station's day as the sample file has it, in GHCN-Daily's units: tenths of mm, mm, tenths of degrees Celsius. */
type SampleRow = Readonly<
  Record<Element | "STATION" | "NAME" | "LATITUDE" | "LONGITUDE" | "ELEVATION" | "DATE", string>
>;

export interface StandInOptions {
  /** A CSV file in the columns of the sample data. */
  readonly file: string;
  /** Answers every nth request with 429 and then 503, as NOAA does on a bad day. */
  readonly troubleEach?: number;
}

/**
 * Serves the two services of NOAA that the producer knows over a local sample file, so that the same producer runs without a
 * network. It checks what NOAA checks: the token, the limits of a page and of a period.
 */
export class StandIn implements AsyncDisposable {
  readonly url: string;
  /** Requests so far, those that were refused among them. */
  get requests(): number {
    return this.#requests.count;
  }
  readonly #server: ReturnType<typeof createServer>;
  readonly #requests: { count: number };

  private constructor(url: string, server: ReturnType<typeof createServer>, requests: { count: number }) {
    this.url = url;
    this.#server = server;
    this.#requests = requests;
  }

  static async start({ file, troubleEach }: StandInOptions): Promise<StandIn> {
    const rows: SampleRow[] = parse<SampleRow>(await readFile(file), { columns: true });
    const requests = { count: 0 };
    const server = createServer((request, response) => {
      requests.count++;
      if (troubleEach !== undefined && requests.count % troubleEach === 0) return trouble(requests.count, response);
      answer(rows, request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new StandIn(`http://127.0.0.1:${port}`, server, requests);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

function trouble(count: number, response: ServerResponse): void {
  response.writeHead(count % 2 === 0 ? 429 : 503, { "content-type": "text/html", "retry-after": "0" });
  response.end("<html><body>try again later</body></html>");
}

function answer(rows: readonly SampleRow[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://stand-in");
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method !== "GET") return send(405, { message: "Method Not Allowed" });
  try {
    if (url.pathname === "/cdo-web/api/v2/data") {
      if (request.headers["token"] === undefined)
        return send(400, { status: "400", message: "Token parameter is required." });
      return send(200, climateData(rows, url.searchParams));
    }
    if (url.pathname === "/access/services/data/v1") return send(200, accessData(rows, url.searchParams));
    return send(404, { status: "404", message: "Not Found" });
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    send(400, { status: "400", message: error.message });
  }
}

class BadRequest extends Error {}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new BadRequest(`Required parameter '${name}' is missing.`);
  return value;
}

/** Metric, as the producer asks for it. */
function metric(row: SampleRow, element: Element): number | undefined {
  if (row[element] === "") return undefined;
  return element === "SNOW" ? Number(row[element]) : Number(row[element]) / 10;
}

const LONGEST_MS = 366 * 24 * 60 * 60 * 1000;

function climateData(rows: readonly SampleRow[], query: URLSearchParams) {
  const from = required(query, "startdate");
  const to = required(query, "enddate");
  if (Date.parse(to) - Date.parse(from) >= LONGEST_MS) {
    throw new BadRequest("The date range must be less than 1 year.");
  }
  if (required(query, "datasetid") !== "GHCND") throw new BadRequest("The stand-in has GHCND only.");
  if (query.get("units") !== "metric") throw new BadRequest("The stand-in has metric units only.");
  const limit = Number(query.get("limit") ?? 25);
  if (limit > 1000) throw new BadRequest("The limit parameter must be 1000 or less.");
  const offset = Number(query.get("offset") ?? 1);
  const fips = required(query, "locationid").replace(/^FIPS:/, "");
  const elements = query.getAll("datatypeid") as Element[];
  const data = rows
    .filter((row) => row.DATE >= from && row.DATE <= to && findState(stateOf(row)).fips === fips)
    .flatMap((row) =>
      elements.flatMap((datatype) => {
        const value = metric(row, datatype);
        const station = `GHCND:${row.STATION}`;
        return value === undefined
          ? []
          : [{ date: `${row.DATE}T00:00:00`, datatype, station, attributes: ",,S,", value }];
      }),
    );
  if (data.length === 0) return {};
  const results = data.slice(offset - 1, offset - 1 + limit);
  return { metadata: { resultset: { offset, count: data.length, limit } }, results };
}

/** "SAMPLE LAKE, MD US" -> "MD" */
const stateOf = ({ NAME }: SampleRow): string => / ([A-Z]{2}) US$/.exec(NAME)?.[1] ?? "";

function accessData(rows: readonly SampleRow[], query: URLSearchParams) {
  if (required(query, "dataset") !== "daily-summaries") throw new BadRequest("The stand-in has daily-summaries only.");
  if (query.get("units") !== "metric") throw new BadRequest("The stand-in has metric units only.");
  const from = required(query, "startDate");
  const to = required(query, "endDate");
  const [north = 90, west = -180, south = -90, east = 180] = required(query, "boundingBox").split(",").map(Number);
  const elements = (query.get("dataTypes")?.split(",") as Element[] | undefined) ?? ELEMENTS;
  return rows
    .filter(({ DATE, LATITUDE, LONGITUDE }) => {
      const isInside =
        Number(LATITUDE) <= north &&
        Number(LATITUDE) >= south &&
        Number(LONGITUDE) >= west &&
        Number(LONGITUDE) <= east;
      return isInside && DATE >= from && DATE <= to;
    })
    .map((row) => ({
      ...{ DATE: row.DATE, STATION: row.STATION, NAME: row.NAME },
      ...Object.fromEntries(
        elements.flatMap((element) => {
          const value = metric(row, element);
          return value === undefined ? [] : [[element, value.toFixed(1).padStart(8)]];
        }),
      ),
    }));
}

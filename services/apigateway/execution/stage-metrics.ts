import type { Host } from "../../../emulator/model/context.ts";
import type { MethodSetting, Scope } from "../model.ts";

type Series = ReturnType<Host["metrics"]["series"]>;

interface StageSeries {
  readonly count: Series;
  readonly clientErrors: Series;
  readonly serverErrors: Series;
  readonly latency: Series;
  readonly integrationLatency: Series;
}

export interface Measured {
  readonly apiName: string;
  readonly stageName: string;
  /** Absent where no method was found. */
  readonly method?: { readonly httpMethod: string; readonly path: string };
  readonly status: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly integrationLatency: number | undefined;
}

/** Metrics that are remembered by name. */
const MOST_SERIES = 5_000;

/** AWS/ApiGateway. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
export class StageMetrics {
  readonly #host: Host;
  readonly #series = new Map<string, StageSeries>();

  constructor(host: Host) {
    this.#host = host;
  }

  record(scope: Scope, measured: Measured, settings: MethodSetting, atMs: number): void {
    const { apiName, stageName, method } = measured;
    this.#add(scope, { ApiName: apiName }, measured, atMs);
    this.#add(scope, { ApiName: apiName, Stage: stageName }, measured, atMs);
    if (!settings.metricsEnabled || !method) return;
    this.#add(
      scope,
      { ApiName: apiName, Method: method.httpMethod, Resource: method.path, Stage: stageName },
      measured,
      atMs,
    );
  }

  #add(scope: Scope, dimensions: Readonly<Record<string, string>>, measured: Measured, atMs: number): void {
    const { count, clientErrors, serverErrors, latency, integrationLatency } = this.#of(scope, dimensions);
    count.add(1, atMs);
    clientErrors.add(measured.status >= 400 && measured.status < 500 ? 1 : 0, atMs);
    serverErrors.add(measured.status >= 500 ? 1 : 0, atMs);
    latency.add(measured.latency, atMs);
    if (measured.integrationLatency !== undefined) integrationLatency.add(measured.integrationLatency, atMs);
  }

  #of(scope: Scope, dimensions: Readonly<Record<string, string>>): StageSeries {
    const key = `${scope.account} ${scope.region} ${Object.values(dimensions).join("\0")}`;
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= MOST_SERIES) this.#series.clear();
      const make = (name: string, unit: string): Series =>
        this.#host.metrics.series(scope, { namespace: "AWS/ApiGateway", name, dimensions, unit });
      series = {
        count: make("Count", "Count"),
        clientErrors: make("4XXError", "Count"),
        serverErrors: make("5XXError", "Count"),
        latency: make("Latency", "Milliseconds"),
        integrationLatency: make("IntegrationLatency", "Milliseconds"),
      };
      this.#series.set(key, series);
    }
    return series;
  }
}

import type { AnsweredRequest } from "../../../emulator/model/service.ts";
import type { MetricUnit, Series } from "../../../emulator/runtime/metrics.ts";

const BY_METHOD: Readonly<Record<string, string>> = {
  GET: "GetRequests",
  PUT: "PutRequests",
  DELETE: "DeleteRequests",
  HEAD: "HeadRequests",
  POST: "PostRequests",
};
/** Those that are not what their method says. */
const BY_OPERATION: Readonly<Record<string, string>> = {
  DeleteObjects: "DeleteRequests",
  ListMultipartUploads: "ListRequests",
  ListObjects: "ListRequests",
  ListObjectsV2: "ListRequests",
  ListObjectVersions: "ListRequests",
  ListParts: "ListRequests",
};

/**
 * The metrics of one configuration of a bucket.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export class FilterMetrics {
  readonly #seriesOf: (name: string, unit: MetricUnit) => Series;
  readonly #known = new Map<string, Series>();

  constructor(seriesOf: (name: string, unit: MetricUnit) => Series) {
    this.#seriesOf = seriesOf;
  }

  add(request: AnsweredRequest): void {
    const { method, operation = "", status, bytesSent = 0, headers, startedAt, totalMs } = request;
    const atMs = startedAt + totalMs;
    const add = (name: string, unit: MetricUnit, value: number) => this.#series(name, unit).add(value, atMs);
    add("AllRequests", "Count", 1);
    const kind = BY_OPERATION[operation] ?? BY_METHOD[method];
    if (kind !== undefined) add(kind, "Count", 1);
    // of every request, so that their average is the rate of errors
    add("4xxErrors", "Count", status >= 400 && status < 500 ? 1 : 0);
    add("5xxErrors", "Count", status >= 500 ? 1 : 0);
    if (bytesSent > 0) add("BytesDownloaded", "Bytes", bytesSent);
    const uploaded = Number(headers["x-amz-decoded-content-length"] ?? headers["content-length"] ?? 0);
    if (uploaded > 0) add("BytesUploaded", "Bytes", uploaded);
    add("FirstByteLatency", "Milliseconds", request.turnAroundMs);
    add("TotalRequestLatency", "Milliseconds", totalMs);
  }

  #series(name: string, unit: MetricUnit): Series {
    let series = this.#known.get(name);
    if (!series) this.#known.set(name, (series = this.#seriesOf(name, unit)));
    return series;
  }
}

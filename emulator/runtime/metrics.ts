/** A unit of CloudWatch. */
export type MetricUnit = "Count" | "Bytes" | "Milliseconds" | "Seconds" | "Percent" | "None";

export interface Measurement {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: MetricUnit;
}

export type MetricSink = (scope: { account: string; region: string }, measurement: Measurement, atMs: number) => void;

/**
 * The metrics that the emulator's services publish about themselves (AWS/Lambda, AWS/Kinesis, ...). CloudWatch takes them when it
 * is there. Recording costs a function call; it never fails.
 */
export class Metrics {
  #sink: MetricSink | undefined;

  record(scope: { account: string; region: string }, measurement: Measurement, atMs: number): void {
    this.#sink?.(scope, measurement, atMs);
  }

  /** CloudWatch says where measurements go. */
  sendTo(sink: MetricSink | undefined): void {
    this.#sink = sink;
  }
}

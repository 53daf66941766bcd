/** How far a run is, in events: rows of a file, observations of a day, messages of a device. */
export interface ProducerStats {
  /** Taken from the source so far, bad ones aside. */
  readonly read: number;
  /** Acknowledged by the receiver. */
  readonly sent: number;
  /** Refused for the moment, or without an answer, and sent again. */
  readonly retried: number;
  /** Of those, whose answer got lost: the receiver may hold them twice. */
  readonly uncertain: number;
  /** Bad in the source, and passed over. */
  readonly skipped: number;
  /** Refused by the receiver for good. */
  readonly refused: number;
  readonly seconds: number;
  readonly isDone: boolean;
}

/** One run of a pipeline's producer. It may be looked at while it runs. */
export interface ProducerRun {
  /** What an event is called: "row". */
  readonly unit: string;
  readonly stats: ProducerStats;
  /** How much is done, 0 to 1; undefined for a run without an end. */
  readonly fraction: number | undefined;
  /** Sends until the end or until its signal is aborted; what was read by then is sent all the same. */
  run(): Promise<void>;
}

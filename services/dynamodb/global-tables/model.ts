/** Another table of a global table: of the same name, in another region. */
export interface Replica {
  readonly region: string;
  /** When it was made from this one, in epoch milliseconds; undefined where another one was its source. */
  readonly sourcedAt?: number;
}

/** What a replica in the state CREATING waits for: the items of its source. */
export interface ReplicaFilling {
  readonly kind: "replica";
  readonly sourceRegion: string;
  /** How far it has come: the last key of the source that was read. */
  readonly after?: Uint8Array;
}

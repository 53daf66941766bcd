/** Limits of one member, as botocore's service model states them. Lengths are of strings, blobs (bytes), lists, maps. */
export interface Constraint {
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Of a list's elements. */
  readonly member?: Constraint;
  /** Of a map's keys and values. */
  readonly key?: Constraint;
  readonly value?: Constraint;
}

/** Structure name -> member name -> limits; only members that have any. Structures are named as in the SDK's schemas. */
export type Constraints = Readonly<Record<string, Readonly<Record<string, Constraint>>>>;

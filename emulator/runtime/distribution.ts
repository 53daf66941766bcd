/** Distinct values that a distribution keeps exactly; beyond it they are kept to within one per cent. */
const MOST_EXACT = 200;
const RATIO = Math.log(1.02);

/** A distribution as it is kept; `values` are values and their counts in turn, absent where only the sums are known. */
export interface StoredDistribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly values?: readonly number[];
}

/** What is known of the values of one metric in one stretch of time: the sums exactly, and how often each value came. */
export class Distribution {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Undefined once a set of statistics came in whose values nobody told. */
  values: Map<number, number> | undefined = new Map();

  add(value: number, count = 1): void {
    this.count += count;
    this.sum += value * count;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const { values } = this;
    if (!values) return;
    const known = values.get(value);
    if (known !== undefined) values.set(value, known + count);
    else {
      const near = values.size < MOST_EXACT ? value : nearby(value);
      values.set(near, (values.get(near) ?? 0) + count);
    }
  }

  merge(other: StoredDistribution): void {
    if (other.count === 0) return;
    if (!other.values) {
      this.count += other.count;
      this.sum += other.sum;
      this.min = Math.min(this.min, other.min);
      this.max = Math.max(this.max, other.max);
      this.values = undefined;
      return;
    }
    const { sum } = this;
    for (let at = 0; at < other.values.length; at += 2) this.add(other.values[at] ?? 0, other.values[at + 1]);
    // values that were rounded must not move the sums
    this.sum = sum + other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  stored(): StoredDistribution {
    const { count, sum, min, max, values } = this;
    return { count, sum, min, max, ...(values && { values: [...values].flat() }) };
  }

  /** Values and their counts in the order of the values; undefined where they are not known. */
  ordered(): (readonly [value: number, count: number])[] | undefined {
    return this.values && [...this.values].toSorted(([a], [b]) => a - b);
  }
}

/** The middle of the value's place on a logarithmic scale. */
function nearby(value: number): number {
  if (value === 0) return 0;
  const middle = Math.exp(Math.round(Math.log(Math.abs(value)) / RATIO) * RATIO);
  return value < 0 ? -middle : middle;
}

/** A number that CloudWatch writes with a fraction always: `5.0`. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  /** As Java writes a double. */
  toString(): string {
    const { value } = this;
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
      const [digits = "", exponent] = value.toExponential().split("e");
      return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
    }
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
}

export const double = (value: number): Double => new Double(value);

/** JSON.stringify for values that hold doubles, which have no form of their own there. */
export function stringify(value: unknown): string {
  if (value instanceof Double) return value.toString();
  if (Array.isArray(value)) return `[${value.map(stringify).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stringify(member)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

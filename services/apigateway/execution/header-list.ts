/** Headers as they come and go: names keep their case, and are found in any. */
export class HeaderList {
  readonly #fields: [name: string, value: string][] = [];

  constructor(fields: Iterable<readonly [string, string]> = []) {
    for (const [name, value] of fields) this.#fields.push([name, value]);
  }

  /** Of names and values in turn, as Node has them; HTTP/2's pseudo headers are left out. */
  static raw(rawHeaders: readonly string[]): HeaderList {
    const list = new HeaderList();
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const name = rawHeaders[at] ?? "";
      if (!name.startsWith(":")) list.add(name, rawHeaders[at + 1] ?? "");
    }
    return list;
  }

  /** The last value, as API Gateway has it where it wants one. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.#fields.findLast(([field]) => field.toLowerCase() === wanted)?.[1];
  }

  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  add(name: string, value: string): void {
    this.#fields.push([name, value]);
  }

  set(name: string, values: string | readonly string[]): void {
    this.remove(name);
    for (const value of typeof values === "string" ? [values] : values) this.add(name, value);
  }

  remove(name: string): void {
    const wanted = name.toLowerCase();
    for (let at = this.#fields.length - 1; at >= 0; at--) {
      if (this.#fields[at]?.[0].toLowerCase() === wanted) this.#fields.splice(at, 1);
    }
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#fields[Symbol.iterator]();
  }

  get size(): number {
    return this.#fields.length;
  }

  /** By name; the last value counts. */
  single(): Record<string, string> {
    return Object.fromEntries(this.#byName().map(([name, values]) => [name, values.at(-1) ?? ""]));
  }

  multi(): Record<string, string[]> {
    return Object.fromEntries(this.#byName());
  }

  /** Each name once, in the case of its first field. */
  #byName(): [name: string, values: string[]][] {
    const found = new Map<string, [string, string[]]>();
    for (const [name, value] of this.#fields) {
      const key = name.toLowerCase();
      const before = found.get(key);
      if (before) before[1].push(value);
      else found.set(key, [name, [value]]);
    }
    return [...found.values()];
  }
}

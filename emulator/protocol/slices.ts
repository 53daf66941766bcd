/**
 * A list of flat structures as it stands in a JSON body: where the text of each member begins and ends, and no object for any of
 * them. For the few operations that take hundreds of small items a call: there objects cost more than all the rest.
 */
export class Slices {
  readonly bytes: Buffer;
  readonly length: number;
  /** Whether a text may hold escapes of JSON; without them it stands for itself. */
  readonly hasEscapes: boolean;
  readonly #members: readonly string[];
  readonly #places: Int32Array;

  /** @param places of each member of each item: the place of its first byte (-1 when it is not given), and of the one after its last */
  constructor(bytes: Buffer, length: number, members: readonly string[], places: Int32Array, hasEscapes: boolean) {
    this.bytes = bytes;
    this.length = length;
    this.hasEscapes = hasEscapes;
    this.#members = members;
    this.#places = places;
  }

  /** The same from objects, as a call from within or another protocol has them. Their members are texts. */
  static of(items: readonly object[], members: readonly string[]): Slices {
    const places = new Int32Array(items.length * members.length * 2).fill(-1);
    const texts: string[] = [];
    let at = 0;
    let place = 0;
    let hasEscapes = false;
    for (const item of items) {
      for (const member of members) {
        const value = (item as Readonly<Record<string, string | undefined>>)[member];
        if (value !== undefined) {
          const text = JSON.stringify(value).slice(1, -1);
          hasEscapes ||= text.length !== value.length;
          texts.push(text);
          places[place] = at;
          places[place + 1] = at += Buffer.byteLength(text);
        }
        place += 2;
      }
    }
    return new Slices(Buffer.from(texts.join("")), items.length, members, places, hasEscapes);
  }

  /** The number of a member, for what follows. */
  member(name: string): number {
    return this.#members.indexOf(name);
  }

  start(item: number, member: number): number {
    return this.#places[(item * this.#members.length + member) * 2] as number;
  }

  end(item: number, member: number): number {
    return this.#places[(item * this.#members.length + member) * 2 + 1] as number;
  }

  has(item: number, member: number): boolean {
    return this.start(item, member) >= 0;
  }

  /** What a member stands for. */
  text(item: number, member: number): string {
    const text = this.bytes.toString("utf8", this.start(item, member), this.end(item, member));
    return this.hasEscapes ? (JSON.parse(`"${text}"`) as string) : text;
  }
}

import type { WrittenItems } from "./written-items.ts";

const WRITTEN = Symbol("written");

/** A list that is kept as its JSON. */
interface WrittenList<T> {
  readonly items: WrittenItems;
  /** What they stand for. */
  list(): T[];
}

interface Written {
  readonly member: string;
  /** Until they are wanted as objects. */
  items: WrittenItems | undefined;
  readonly others: Readonly<Record<string, unknown>>;
}

type Members = Readonly<Record<string | symbol, unknown>>;

/**
 * An output one member of which is JSON already, because it is kept so: an answer in JSON takes over its text. Whoever looks at the
 * member (a call from within, another protocol) gets the objects.
 */
export function writtenOutput<O extends object, M extends string, T>(
  others: O,
  member: M,
  list: WrittenList<T>,
): O & { readonly [K in M]: T[] } {
  let objects: T[] | undefined;
  const written: Written = { member, items: list.items, others: others as Record<string, unknown> };
  return {
    ...others,
    get [member]() {
      if (!objects) {
        objects = list.list();
        written.items?.release();
        written.items = undefined;
      }
      return objects;
    },
    [WRITTEN]: written,
  } as O & { readonly [K in M]: T[] };
}

/** The output as JSON, or undefined when none of it is written. @param encode what the other members are encoded by */
export function writtenJson(
  output: Members,
  encode: (value: Readonly<Record<string, unknown>>) => unknown,
): Buffer | undefined {
  const written = output[WRITTEN] as Written | undefined;
  if (!written?.items) return undefined;
  const others = JSON.stringify(encode(written.others)).slice(1);
  return written.items.between(`{${JSON.stringify(written.member)}:`, others === "}" ? others : `,${others}`);
}

/** What gives back the memory of `writtenJson`'s answer, to be called when that has been sent. */
export function releaseOf(output: Members): (() => void) | undefined {
  const items = (output[WRITTEN] as Written | undefined)?.items;
  return items && (() => items.release());
}

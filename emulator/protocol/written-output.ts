const WRITTEN = Symbol("written");

/** A list that is kept as its JSON. */
interface WrittenList<T> {
  /** The JSON, between texts that belong before and behind it. */
  json(before: string, behind: string): Buffer;
  /** What it stands for. */
  list(): T[];
}

interface Written {
  readonly member: string;
  readonly list: WrittenList<unknown>;
  readonly others: Readonly<Record<string, unknown>>;
}

/**
 * An output one member of which is JSON already, because it is kept so: an answer in JSON takes over its text. Whoever looks at the
 * member (a call from within, another protocol) gets the objects.
 */
export function writtenOutput<O extends object, M extends string, T>(
  others: O,
  member: M,
  list: WrittenList<T>,
): O & { readonly [K in M]: T[] } {
  let items: T[] | undefined;
  const written: Written = { member, list, others: others as Record<string, unknown> };
  return {
    ...others,
    get [member]() {
      return (items ??= list.list());
    },
    [WRITTEN]: written,
  } as O & { readonly [K in M]: T[] };
}

/** The output as JSON, or undefined when none of it is written. @param encode what the other members are encoded by */
export function writtenJson(
  output: Readonly<Record<string | symbol, unknown>>,
  encode: (value: Readonly<Record<string, unknown>>) => unknown,
): Buffer | undefined {
  const written = output[WRITTEN] as Written | undefined;
  if (!written) return undefined;
  const others = JSON.stringify(encode(written.others)).slice(1);
  return written.list.json(`{${JSON.stringify(written.member)}:`, others === "}" ? others : `,${others}`);
}

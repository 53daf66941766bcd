const WRITTEN = Symbol("written");

/** JSON that need not be written again. */
export interface WrittenJson {
  /** It as a part of an answer. */
  between(before: string, behind: string): string | Buffer;
  /** To be called when nobody looks at it, or at what `between` made, any more. */
  release?(): void;
}

/** A value that is kept as its JSON. */
interface WrittenValue<V> {
  readonly json: WrittenJson;
  /** What it stands for. */
  readonly value: () => V;
}

type Members = Readonly<Record<string | symbol, unknown>>;

/** The written member of an output. */
class Written {
  readonly member: string;
  /** Until it is wanted as an object. */
  json: WrittenJson | undefined;
  readonly #make: () => unknown;
  #value: unknown;

  constructor(member: string, { json, value }: WrittenValue<unknown>) {
    this.member = member;
    this.json = json;
    this.#make = value;
  }

  get value(): unknown {
    if (this.json) {
      this.#value = this.#make();
      this.json.release?.();
      this.json = undefined;
    }
    return this.#value;
  }
}

type OutputClass = new (others: object, written: Written) => object;

/** By the name of the written member, which is an accessor: to define one on each output would cost as much as it saves. */
const outputClasses = new Map<string, OutputClass>();

function outputClass(member: string): OutputClass {
  const made = class {
    declare readonly [WRITTEN]: Written;

    constructor(others: object, written: Written) {
      Object.assign(this, others, { [WRITTEN]: written });
    }

    get [member](): unknown {
      return this[WRITTEN].value;
    }
  };
  outputClasses.set(member, made);
  return made;
}

/**
 * An output one member of which is JSON already, because it is kept so: an answer in JSON takes over its text. Whoever looks at the
 * member (a call from within, another protocol) gets the objects.
 */
export function writtenOutput<O extends object, M extends string, V>(
  others: O,
  member: M,
  value: WrittenValue<V>,
): O & { readonly [K in M]: V } {
  const Output = outputClasses.get(member) ?? outputClass(member);
  return new Output(others, new Written(member, value)) as O & { readonly [K in M]: V };
}

/**
 * The output as JSON, or undefined when none of it is written.
 * @param names of its members
 * @param encode what the other members are encoded by
 */
export function writtenJson(
  output: Members,
  names: readonly string[],
  encode: (value: Readonly<Record<string, unknown>>) => unknown,
): string | Buffer | undefined {
  const written = output[WRITTEN] as Written | undefined;
  if (!written?.json) return undefined;
  const others: Record<string, unknown> = {};
  for (const name of names) if (name !== written.member) others[name] = output[name];
  const text = JSON.stringify(encode(others)).slice(1);
  return written.json.between(`{"${written.member}":`, text === "}" ? text : `,${text}`);
}

/** The output with the objects in place of what is written, as any other one. */
export function plainOutput(output: Members): Members {
  const written = output[WRITTEN] as Written | undefined;
  return written ? { ...output, [written.member]: written.value } : output;
}

/** What gives back the memory of `writtenJson`'s answer, to be called when that has been sent. */
export function releaseOf(output: Members): (() => void) | undefined {
  const json = (output[WRITTEN] as Written | undefined)?.json;
  return json?.release && (() => json.release?.());
}

export const writtenText = (text: () => string): WrittenJson => ({
  between: (before, behind) => before + text() + behind,
});

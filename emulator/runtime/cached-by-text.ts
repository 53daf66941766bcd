const MAX_ENTRIES = 1000;
/** What is made of longer texts is not kept. */
const MAX_LENGTH = 64 * 1024;

/** Parses each text once. Programs have few of them; whoever builds them from values pushes out the oldest. */
export function cachedByText<T>(parse: (text: string) => T): (text: string) => T {
  const parsed = new Map<string, T>();
  return (text) => {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    const fresh = parse(text);
    if (text.length > MAX_LENGTH) return fresh;
    if (parsed.size >= MAX_ENTRIES) parsed.delete(parsed.keys().next().value!);
    parsed.set(text, fresh);
    return fresh;
  };
}

/** An entry by a name that a client chose: what every object inherits (`constructor`, `__proto__`) is no entry. */
export const own = <V>(map: Readonly<Record<string, V>> | undefined, name: string): V | undefined =>
  map && Object.hasOwn(map, name) ? map[name] : undefined;

import { STRING_METHODS } from "./string-methods.ts";
import {
  HostObject,
  isEqual,
  isMap,
  isNumber,
  JavaDouble,
  javaList,
  MapEntry,
  NO_SUCH_METHOD,
  toText,
  VtlError,
  type VtlMap,
  type VtlNumber,
} from "./values.ts";

type Args = readonly unknown[];
type Methods<T> = Readonly<Record<string, (self: T, ...args: Args) => unknown>>;

/** What every object has. */
const OBJECT_METHODS: Methods<unknown> = {
  toString: (self: unknown) => toText(self),
  equals: (self, other) => isEqual(self, other),
  hashCode: (self) => hashCode(toText(self)),
};

function hashCode(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return hash;
}

const own = (map: VtlMap, key: unknown): unknown => (Object.hasOwn(map, toText(key)) ? map[toText(key)] : null);

const put = (map: VtlMap, key: unknown, value: unknown): unknown => {
  const before = own(map, key);
  map[toText(key)] = value;
  return before;
};

const MAP_METHODS: Methods<VtlMap> = {
  get: own,
  getOrDefault: (map, key, other) => (Object.hasOwn(map, toText(key)) ? own(map, key) : other),
  put,
  putIfAbsent: (map, key, value) => own(map, key) ?? put(map, key, value),
  putAll: (map, other) => {
    if (isMap(other)) for (const [key, value] of Object.entries(other)) put(map, key, value);
    return null;
  },
  remove: (map, key) => {
    const before = own(map, key);
    delete map[toText(key)];
    return before;
  },
  clear: (map) => {
    for (const key of Object.keys(map)) delete map[key];
    return null;
  },
  size: (map) => Object.keys(map).length,
  isEmpty: (map) => Object.keys(map).length === 0,
  containsKey: (map, key) => Object.hasOwn(map, toText(key)),
  containsValue: (map, value) => Object.values(map).some((item) => isEqual(item, value)),
  keySet: (map) => javaList(Object.keys(map)),
  values: (map) => javaList(Object.values(map)),
  entrySet: (map) => javaList(Object.keys(map).map((key) => new MapEntry(map, key))),
};

const indexOf = (list: readonly unknown[], value: unknown): number => list.findIndex((item) => isEqual(item, value));

function placeOf(list: readonly unknown[], index: unknown): number {
  const place = Number(index);
  if (!Number.isInteger(place) || place < 0 || place >= list.length) {
    throw new VtlError(`Index: ${toText(index)}, Size: ${list.length}`);
  }
  return place;
}

const LIST_METHODS: Methods<unknown[]> = {
  get: (list, index) => list[placeOf(list, index)],
  set: (list, index, value) => list.splice(placeOf(list, index), 1, value)[0],
  add: (list, first, second) => {
    if (second === undefined) return list.push(first) > 0;
    list.splice(Number(first), 0, second);
    return null;
  },
  addAll: (list, other) => {
    const items = Array.isArray(other) ? (other as unknown[]) : [];
    list.push(...items);
    return items.length > 0;
  },
  remove: (list, item) => {
    if (typeof item === "number") return list.splice(placeOf(list, item), 1)[0];
    const found = indexOf(list, item);
    if (found >= 0) list.splice(found, 1);
    return found >= 0;
  },
  clear: (list) => {
    list.length = 0;
    return null;
  },
  size: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  contains: (list, item) => indexOf(list, item) >= 0,
  containsAll: (list, other) => Array.isArray(other) && other.every((item) => indexOf(list, item) >= 0),
  indexOf,
  lastIndexOf: (list, value) => list.findLastIndex((item) => isEqual(item, value)),
  subList: (list, from, to) => javaList(list.slice(Number(from), Number(to))),
  toArray: (list) => list,
  iterator: (list) => list,
};

const NUMBER_METHODS: Methods<VtlNumber> = {
  intValue: (self) => Math.trunc(Number(self)) | 0,
  longValue: (self) => Math.trunc(Number(self)),
  doubleValue: (self) => new JavaDouble(Number(self)),
  floatValue: (self) => new JavaDouble(Math.fround(Number(self))),
  compareTo: (self, other) => Math.sign(Number(self) - Number(other)),
  // a template has no classes: their static methods are reached by any instance
  parseInt: (_self: VtlNumber, text: unknown) => parseInteger(toText(text)),
  valueOf: (_self: VtlNumber, text: unknown) => parseInteger(toText(text)),
};

function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new VtlError(`For input string: "${text}"`);
  return Number(text);
}

const BOOLEAN_METHODS: Methods<boolean> = {
  booleanValue: (self) => self,
  compareTo: (self, other) => Number(self) - Number(other),
};

const ENTRY_METHODS: Methods<MapEntry> = {
  getKey: (entry) => entry.key,
  getValue: (entry) => entry.value,
  setValue: (entry, value) => put(entry.map, entry.key, value),
};

function methodsOf(self: unknown): Methods<never> {
  if (typeof self === "string") return STRING_METHODS;
  if (typeof self === "boolean") return BOOLEAN_METHODS;
  if (isNumber(self)) return NUMBER_METHODS;
  if (Array.isArray(self)) return LIST_METHODS;
  return self instanceof MapEntry ? ENTRY_METHODS : MAP_METHODS;
}

/** @returns null where there is no such method, as for a reference that leads nowhere. @throws VtlError where it fails */
export function callMethod(self: unknown, name: string, args: Args): unknown {
  if (self === null || self === undefined) return null;
  if (self instanceof HostObject) {
    const result = self.call(name, args);
    return result === NO_SUCH_METHOD ? null : result;
  }
  const methods = methodsOf(self);
  const table: Methods<never> = Object.hasOwn(methods, name) ? methods : OBJECT_METHODS;
  if (!Object.hasOwn(table, name)) return null;
  return (table[name] as (self: unknown, ...args: Args) => unknown)(self, ...args);
}

/** `$a.name`: an entry of a map, or what a getter gives. */
export function property(self: unknown, name: string): unknown {
  if (self === null || self === undefined) return null;
  if (self instanceof HostObject) return self.property(name);
  if (self instanceof MapEntry) return name === "key" ? self.key : name === "value" ? self.value : null;
  if (isMap(self)) return own(self, name);
  if (name === "empty" && (Array.isArray(self) || typeof self === "string")) return self.length === 0;
  return null;
}

/** `$a[index]`: an element (from the end, if negative) or an entry. */
export function element(self: unknown, index: unknown): unknown {
  if (Array.isArray(self)) return self.at(Number(index)) as unknown;
  return isMap(self) ? own(self, index) : null;
}

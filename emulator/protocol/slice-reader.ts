import type { Constraint, Constraints } from "../model/constraints.ts";
import type { Member, Shape, StructureShape } from "./shapes.ts";
import { Slices } from "./slices.ts";

/** A member of a list's structures, or of the input: texts all of them. */
interface Text {
  readonly name: string;
  /** Its name as it stands in JSON, with the quotes. */
  readonly key: Uint8Array;
  readonly isBlob: boolean;
  readonly required: boolean;
  /** In bytes: of the blob, or of ASCII text. */
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp | undefined;
}

interface List {
  readonly names: readonly string[];
  readonly texts: readonly Text[];
  /** One bit for each text. */
  readonly required: number;
  readonly min: number;
  readonly max: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const EQUALS = 0x3d;

const BASE64 = classOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
/** What stands for itself within a text of JSON, of ASCII. */
const PLAIN = classOf(String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 0x20 + index))).map((is, byte) =>
  byte === QUOTE || byte === 0x5c ? 0 : is,
);
const SPACE = classOf(" \n\r\t");

function classOf(characters: string): Uint8Array {
  const members = new Uint8Array(256);
  for (const byte of Buffer.from(characters, "latin1")) members[byte] = 1;
  return members;
}

/**
 * Reads the JSON body of an operation whose input is texts and one list of structures of texts, into Slices, in one pass over
 * its bytes. It knows what clients send and what keeps to the constraints, and that alone: the answer is undefined for anything
 * else (other types and members, escapes, characters beyond ASCII, whatever is not allowed), which is for the general decoder to
 * read, or to refuse in its own words.
 */
export function sliceReader(
  input: StructureShape,
  listName: string,
  constraints: Constraints,
): (body: Buffer) => Record<string, unknown> | undefined {
  const list = listOf(input, listName, constraints);
  const listKey = keyOf(listName);
  // what these have to keep to is checked where that of every other input is
  const texts = input.members.filter(({ shape }) => shape().kind === "string").map((member) => textOf(member));
  return (body) => {
    const value: Record<string, unknown> = {};
    let at = skipSpace(body, 0);
    if (body[at] !== OPEN) return undefined;
    do {
      at = skipSpace(body, at + 1);
      const text = texts[memberAt(body, at, texts, 0)];
      if (!text && !startsWith(body, at, listKey)) return undefined;
      const { name, key } = text ?? { name: listName, key: listKey };
      if (name in value) return undefined;
      at = valueAt(body, at + key.length);
      if (text) {
        const end = textEnd(body, at, text);
        if (end < 0) return undefined;
        value[name] = body.toString("latin1", at + 1, end);
        at = end + 1;
      } else {
        const read = readList(body, at, list);
        if (!read) return undefined;
        value[name] = read.slices;
        at = read.end;
      }
      at = skipSpace(body, at);
    } while (body[at] === COMMA);
    if (body[at] !== CLOSE || skipSpace(body, at + 1) !== body.length || !(listName in value)) return undefined;
    return value;
  };
}

function listOf(input: StructureShape, listName: string, constraints: Constraints): List {
  const member = input.members.find(({ name }) => name === listName);
  const shape = member?.shape();
  const element = shape?.kind === "list" ? shape.element() : undefined;
  const { min = 0, max } = constraints[input.name]?.[listName] ?? {};
  if (element?.kind !== "structure" || max === undefined)
    throw new Error(`${listName} is no bounded list of structures`);
  const texts = element.members.map((one) => textOf(one, constraints[element.name]?.[one.name]));
  const required = texts.reduce((bits, text, index) => (text.required ? bits | (1 << index) : bits), 0);
  return { names: texts.map(({ name }) => name), texts, required, min, max };
}

function textOf({ name, shape, required }: Member, constraint: Constraint = {}): Text {
  const { kind }: Shape = shape();
  if ((kind !== "string" && kind !== "blob") || constraint.enum) throw new Error(`${name} is no text`);
  const { min = 0, max = Infinity, pattern } = constraint;
  return {
    name,
    key: keyOf(name),
    isBlob: kind === "blob",
    required: required || constraint.required === true,
    min,
    max,
    pattern: pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`),
  };
}

const keyOf = (name: string): Uint8Array => Buffer.from(JSON.stringify(name));

function readList(body: Buffer, start: number, list: List): { slices: Slices; end: number } | undefined {
  if (body[start] !== OPEN_LIST) return undefined;
  const width = list.texts.length * 2;
  const places = new Int32Array(list.max * width).fill(-1);
  let gaps: readonly Gap[] | undefined;
  let length = 0;
  let at = start;
  do {
    if (length === list.max) return undefined;
    let quote = readItem(body, skipSpace(body, at + 1), list, places, length * width);
    if (quote < 0) return undefined;
    length++;
    if (length > 1) gaps ??= gapsOf(body, list, places, width);
    while (gaps && length < list.max) {
      const next = readAlike(body, quote, gaps, places, length * width);
      if (next < 0) break;
      quote = next;
      length++;
    }
    at = skipSpace(body, quote + 1);
    if (body[at] !== CLOSE) return undefined;
    at = skipSpace(body, at + 1);
  } while (body[at] === COMMA);
  if (body[at] !== CLOSE_LIST || length < list.min) return undefined;
  return { slices: new Slices(body, length, list.names, places, false), end: at + 1 };
}

/** @returns the closing quote of its last text, or -1 */
function readItem(body: Buffer, start: number, list: List, places: Int32Array, into: number): number {
  if (body[start] !== OPEN) return -1;
  let at = start;
  let seen = 0;
  let guess = 0;
  let quote: number;
  do {
    at = skipSpace(body, at + 1);
    const member = memberAt(body, at, list.texts, guess);
    if (member < 0 || (seen & (1 << member)) !== 0) return -1;
    const text = list.texts[member] as Text;
    at = valueAt(body, at + text.key.length);
    quote = textEnd(body, at, text);
    if (quote < 0) return -1;
    places[into + member * 2] = at + 1;
    places[into + member * 2 + 1] = quote;
    seen |= 1 << member;
    guess = member + 1;
    at = skipSpace(body, quote + 1);
  } while (body[at] === COMMA);
  return body[at] === CLOSE && (seen & list.required) === list.required ? quote : -1;
}

/** What stands between two texts, from the closing quote of the one to the opening quote of the other. */
interface Gap {
  readonly bytes: Uint8Array;
  /** The member behind it. */
  readonly member: number;
  readonly text: Text;
}

/** The gaps of the second item, from the end of the first one on: most lists have the same in all items. */
function gapsOf(body: Buffer, { texts }: List, places: Int32Array, width: number): readonly Gap[] {
  const starts = texts.map((text, member) => ({ text, member, start: places[width + member * 2] as number }));
  const given = starts.filter(({ start }) => start >= 0).toSorted((one, other) => one.start - other.start);
  let quote = Math.max(...places.subarray(0, width).filter((_, index) => index % 2 === 1));
  return given.map(({ text, member, start }) => {
    const bytes = body.subarray(quote, start);
    quote = places[width + member * 2 + 1] as number;
    return { bytes, member, text };
  });
}

/** Reads an item that has the same between its texts as another one. @returns the closing quote of its last text, or -1 */
function readAlike(body: Buffer, from: number, gaps: readonly Gap[], places: Int32Array, into: number): number {
  let quote = from;
  for (let index = 0; index < gaps.length; index++) {
    const { bytes, member, text } = gaps[index] as Gap;
    const start = quote + bytes.length;
    quote = startsWith(body, quote, bytes) ? textEnd(body, start - 1, text) : -1;
    if (quote < 0) break;
    places[into + member * 2] = start;
    places[into + member * 2 + 1] = quote;
  }
  if (quote >= 0 && body[skipSpace(body, quote + 1)] === CLOSE) return quote;
  places.fill(-1, into);
  return -1;
}

/** The member whose name stands there, looked for from the one that comes next in most bodies. */
function memberAt(body: Uint8Array, at: number, texts: readonly Text[], guess: number): number {
  for (let tried = 0; tried < texts.length; tried++) {
    const member = (guess + tried) % texts.length;
    if (startsWith(body, at, (texts[member] as Text).key)) return member;
  }
  return -1;
}

/** The place of the value that follows a name; of nothing that can begin a value, if no colon follows. */
function valueAt(body: Uint8Array, afterName: number): number {
  const at = skipSpace(body, afterName);
  return body[at] === COLON ? skipSpace(body, at + 1) : body.length;
}

/** @param at of the opening quote @returns the place of the closing quote; -1 if this is no plain text that may stand there */
function textEnd(body: Buffer, at: number, text: Text): number {
  if (body[at] !== QUOTE) return -1;
  const start = at + 1;
  let end = skip(body, start, text.isBlob ? BASE64 : PLAIN);
  let size = end - start;
  if (text.isBlob) {
    while (body[end] === EQUALS && end - start - size < 2) end++;
    if ((end - start) % 4 !== 0) return -1;
    size = Math.floor(size * 0.75);
  }
  if (body[end] !== QUOTE || size < text.min || size > text.max) return -1;
  return text.pattern && !text.pattern.test(body.toString("latin1", start, end)) ? -1 : end;
}

/** The first byte from `start` on that is none of the allowed. */
function skip(body: Uint8Array, start: number, allowed: Uint8Array): number {
  const end = body.length;
  let at = start;
  // four at once, which saves three branches
  while (at + 3 < end) {
    const first = (allowed[body[at] as number] as number) & (allowed[body[at + 1] as number] as number);
    const second = (allowed[body[at + 2] as number] as number) & (allowed[body[at + 3] as number] as number);
    if ((first & second) === 0) break;
    at += 4;
  }
  while (at < end && allowed[body[at] as number] === 1) at++;
  return at;
}

function skipSpace(body: Uint8Array, start: number): number {
  return SPACE[body[start] as number] === 1 ? skip(body, start, SPACE) : start;
}

function startsWith(body: Uint8Array, at: number, key: Uint8Array): boolean {
  for (let index = 0; index < key.length; index++) if (body[at + index] !== key[index]) return false;
  return true;
}

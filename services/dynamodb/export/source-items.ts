import { pipeline, Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { parse } from "csv-parse";
import { parseItem, type AttributeValue, type Item } from "../attribute-value.ts";
import type { Table } from "../model.ts";
import type { ImportInput } from "./model.ts";

/** No item of 400 KB takes more, however it is written: what goes on is no text of lines. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** What stands at a place of an object: an item, or why there is none. */
export type SourceItem =
  | { readonly item: Item }
  | {
      readonly error: string;
      /** The rest of the object cannot be read either. */
      readonly isLast: boolean;
    };

/** The items of an object. What goes wrong with reading it, such as compression that is none, is the last one. */
export async function* itemsOf(
  content: AsyncIterable<Uint8Array>,
  table: Pick<Table, "attributeTypes">,
  { InputFormat, InputFormatOptions }: Pick<ImportInput, "InputFormat" | "InputFormatOptions">,
): AsyncGenerator<SourceItem> {
  try {
    if (InputFormat === "CSV") yield* csvItems(content, table, InputFormatOptions?.Csv ?? {});
    else yield* jsonItems(content);
  } catch (error) {
    yield { error: (error as Error).message, isLast: true };
  }
}

async function* jsonItems(content: AsyncIterable<Uint8Array>): AsyncGenerator<SourceItem> {
  for await (const line of linesOf(content)) {
    if (line.trim() === "") continue;
    for (const text of objectsOf(line)) {
      const given = itemIn(text);
      yield checked(() => {
        for (const attribute of Object.values(given)) checkWire(attribute);
        return parseItem(given);
      });
    }
  }
}

/** The JSON objects of a line, which may follow each other without anything between them. */
function* objectsOf(line: string): Generator<string> {
  let depth = 0;
  let start = 0;
  let isInString = false;
  for (const { 0: token, index } of line.matchAll(/\\.|["{}]/g)) {
    if (token === '"') isInString = !isInString;
    // braces in strings are no braces
    if (isInString) continue;
    if (token === "{") depth += 1;
    if (token !== "}") continue;
    depth -= 1;
    if (depth > 0) continue;
    yield line.slice(start, index + 1);
    start = index + 1;
  }
  const rest = line.slice(start);
  if (rest.trim() !== "") yield rest;
}

/** @throws Error for what is no item: nothing is read behind it any more */
function itemIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The line is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const given = isMap(value) ? value["Item"] : undefined;
  if (!isMap(given)) throw new Error("The line has no Item");
  return given;
}

async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of content) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw new Error(`A line is longer than ${LONGEST_LINE} characters`);
    yield* lines;
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
}

/** All columns are strings, but those that are keys of the table or of an index. */
async function* csvItems(
  content: AsyncIterable<Uint8Array>,
  { attributeTypes }: Pick<Table, "attributeTypes">,
  { Delimiter = ",", HeaderList }: NonNullable<NonNullable<ImportInput["InputFormatOptions"]>["Csv"]>,
): AsyncGenerator<SourceItem> {
  const parser = parse({
    delimiter: Delimiter,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_LINE,
  });
  // the reader of the rows is told of errors, also of those of the content
  const rows = pipeline(Readable.from(content), parser, () => {});
  let header: readonly string[] | undefined = HeaderList;
  for await (const row of rows as AsyncIterable<string[]>) {
    if (header === undefined) {
      header = row;
      continue;
    }
    const names = header;
    yield checked(() => {
      if (row.length !== names.length) {
        throw new Error(`The line has ${row.length} columns, and the header ${names.length}`);
      }
      const cells = names.map((name, i): [string, AttributeValue] => {
        const type = (Object.hasOwn(attributeTypes, name) ? attributeTypes[name] : undefined) ?? "S";
        return [name, { [type]: row[i] ?? "" } as AttributeValue];
      });
      return parseItem(Object.fromEntries(cells));
    });
  }
}

function checked(read: () => Item): SourceItem {
  try {
    return { item: read() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.message, isLast: false };
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: isText,
  N: isText,
  B: isText,
  SS: isTexts,
  NS: isTexts,
  BS: isTexts,
  BOOL: (value) => typeof value === "boolean",
  NULL: (value) => typeof value === "boolean",
  M: isMap,
  L: Array.isArray,
};

/** What the codec of requests sees to: that values have the form of their type. */
function checkWire(value: unknown): void {
  if (!isMap(value)) throw new Error("An attribute's value is no object");
  for (const [type, content] of Object.entries(value)) {
    const form = Object.hasOwn(FORMS, type) ? FORMS[type] : undefined;
    if (form === undefined || !form(content)) throw new Error(`An attribute's value is not of its type ${type}`);
    if (type === "M") Object.values(content as object).forEach(checkWire);
    if (type === "L") (content as unknown[]).forEach(checkWire);
  }
}

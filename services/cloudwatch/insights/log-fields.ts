/** What a rule reads of a log event by the name of a field; undefined where there is no such value. */
export type FieldReader = (field: string) => string | number | boolean | undefined;

const JSON_FIELD = /^\$(?:\.[^.[\]\s]+|\[\d+\])+$/;
const STEP = /\.([^.[\]\s]+)|\[(\d+)\]/g;
/** What is in brackets or quotes is one field. */
const CLF_FIELD = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/gs;
/** Behind the last closing bracket: to search each opening one's to the end would take the square of the message's length. */
const UNBRACKETED_FIELD = /"((?:[^"\\]|\\.)*)"|(\S+)/gs;

/** `$.a.b[0]` */
export const isJsonField = (field: string): boolean => JSON_FIELD.test(field);

/** The fields of an event in JSON; undefined for one that is no JSON object or array. */
export function jsonFields(message: string): FieldReader | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(message);
  } catch {
    return undefined;
  }
  return (field) => {
    let value = document;
    for (const [, name, index] of field.matchAll(STEP)) {
      if (typeof value !== "object" || value === null) return undefined;
      const step = name ?? index ?? "";
      value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
    }
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
  };
}

/** The fields of an event in the Common Log Format, by their places from 1 on, or by the names that `aliases` gives to places. */
export function clfFields(message: string, aliases: ReadonlyMap<string, number>): FieldReader {
  const values = [...clfValues(message)];
  return (field) => values[(aliases.get(field) ?? Number(field)) - 1];
}

function* clfValues(message: string): Generator<string> {
  const lastClosing = message.lastIndexOf("]");
  for (let at = 0; ;) {
    const pattern = at > lastClosing ? UNBRACKETED_FIELD : CLF_FIELD;
    pattern.lastIndex = at;
    const found = pattern.exec(message);
    if (found === null) return;
    at = pattern.lastIndex;
    const [, ...values] = found;
    yield values.find((value) => value !== undefined) ?? "";
  }
}

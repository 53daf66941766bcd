import type { SourceRecord } from "./model.ts";

const HEAD = '{"Records":[';
const TAIL = "]}";

/** Bytes of an event beside its records. */
export const ENVELOPE_BYTES = HEAD.length + TAIL.length;

/** The event as its text: members and their order are AWS's. `more` is what follows the records, with a comma before it. */
export function eventOf(records: readonly Pick<SourceRecord, "json">[], more = ""): string {
  let text = HEAD;
  for (let index = 0; index < records.length; index++) {
    if (index > 0) text += ",";
    text += records[index]?.json;
  }
  return more === "" ? text + TAIL : `${text}]${more}}`;
}

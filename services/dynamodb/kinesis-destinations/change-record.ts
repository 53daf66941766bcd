import { itemSizeBytes } from "../item-size.ts";
import { keyOf } from "../key-checks.ts";
import type { Table } from "../model.ts";
import { eventNameOf, type Change } from "../streams/stream-record.ts";
import type { KinesisDestination } from "./model.ts";

/** A change as a record of a Kinesis stream has it; the texts of the items are taken as they are. */
export function changeRecord(
  table: Table,
  { old, next, text, expired }: Change,
  {
    region,
    eventId,
    at,
    precision,
  }: {
    readonly region: string;
    readonly eventId: string;
    /** In the destination's precision. */
    readonly at: number;
    readonly precision: KinesisDestination["precision"];
  },
): string {
  const keys = keyOf(next?.item ?? old?.item ?? {}, table.keys);
  const sizeBytes = itemSizeBytes(keys) + (next?.sizeBytes ?? 0) + (old?.sizeBytes ?? 0);
  const members = [
    `"ApproximateCreationDateTime":${at}`,
    `"Keys":${JSON.stringify(keys)}`,
    ...(next === undefined ? [] : [`"NewImage":${text ?? JSON.stringify(next.item)}`]),
    ...(old === undefined ? [] : [`"OldImage":${old.text}`]),
    `"SizeBytes":${sizeBytes}`,
    ...(precision === "MICROSECOND" ? ['"ApproximateCreationDateTimePrecision":"MICROSECOND"'] : []),
  ];
  const head = {
    awsRegion: region,
    eventID: eventId,
    eventName: eventNameOf({ old, next }),
    userIdentity: expired === true ? { type: "Service", principalId: "dynamodb.amazonaws.com" } : null,
    recordFormat: "application/json",
    tableName: table.name,
  };
  return `${JSON.stringify(head).slice(0, -1)},"dynamodb":{${members.join(",")}},"eventSource":"aws:dynamodb"}`;
}

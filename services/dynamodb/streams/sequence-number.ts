import type { Stream } from "./model.ts";

/*
 * Sequence numbers in the form of AWS's: 21 to 40 digits, a counter and behind it twenty digits that are mostly zeros. The
 * counter is the position in the stream, so the numbers rise over all of its shards; the rest tells the streams of a table
 * from each other.
 */
const TAIL_DIGITS = 20;
const FORM = /^[1-9]\d{20,39}$/;

const tail = ({ createdAt }: Pick<Stream, "createdAt">, position: number): string =>
  String(Math.floor(createdAt / 1000) + position).padStart(TAIL_DIGITS, "0");

export const sequenceNumber = (stream: Pick<Stream, "createdAt">, position: number): string =>
  `${position}${tail(stream, position)}`;

/** @returns undefined for a number that the stream has never given out */
export function positionOf(stream: Pick<Stream, "createdAt">, text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const position = Number(text.slice(0, -TAIL_DIGITS));
  return Number.isSafeInteger(position) && sequenceNumber(stream, position) === text ? position : undefined;
}

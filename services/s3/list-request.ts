import { invalidArgument } from "./errors.ts";

export const MOST_KEYS = 1000;
const LARGEST_INTEGER = 2 ** 31 - 1;

/** How many a page may have: what is asked for, and never more than 1,000. @throws AwsError InvalidArgument */
export const pageSize = (asked: number | undefined, parameter: string): number =>
  asked === undefined ? MOST_KEYS : Math.min(checkInteger(asked, parameter), MOST_KEYS);

/** @throws AwsError InvalidArgument unless it is what S3 takes as a number of a list */
export function checkInteger(asked: number | string, parameter: string): number {
  const value = Number(asked);
  if (!Number.isInteger(value) || value > LARGEST_INTEGER) {
    throw invalidArgument(`Provided ${parameter} not an integer or within integer range`, parameter, asked);
  }
  if (value >= 0) return value;
  const name = parameter === "max-keys" ? "maxKeys" : parameter;
  throw invalidArgument(`Argument ${name} must be an integer between 0 and ${LARGEST_INTEGER}`, parameter, asked);
}

/** How the keys of an answer are written: as they are, or for a URL. @throws AwsError InvalidArgument */
export function keyEncoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  return (text) =>
    encodeURIComponent(text)
      .replaceAll("%2F", "/")
      .replaceAll("%20", "+")
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

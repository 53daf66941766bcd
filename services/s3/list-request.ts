import { invalidArgument } from "./errors.ts";

export const MOST_KEYS = 1000;
const LARGEST_INTEGER = 2 ** 31 - 1;

/** How many a page may have: what is asked for, and never more than 1,000. @throws AwsError InvalidArgument */
export function pageSize(asked: number | undefined, parameter: string): number {
  if (asked === undefined) return MOST_KEYS;
  if (!Number.isInteger(asked) || asked < 0 || asked > LARGEST_INTEGER) {
    const name = parameter.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
    throw invalidArgument(`Argument ${name} must be an integer between 0 and ${LARGEST_INTEGER}`, parameter, asked);
  }
  return Math.min(asked, MOST_KEYS);
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
      .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

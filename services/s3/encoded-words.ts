/** A run of encoded words: what is between them belongs to neither. @see https://www.rfc-editor.org/rfc/rfc2047 */
const WORDS = /(?<=^|\s)=\?[\w-]+\?[BQ]\?[^?\s]*\?=(?:\s+=\?[\w-]+\?[BQ]\?[^?\s]*\?=)*(?=\s|$)/gi;
const WORD = /=\?([\w-]+)\?([BQ])\?([^?\s]*)\?=\s*/gi;
const PLAIN = /^[\t\x20-\x7e]*$/;
/** In UTF-16, as whoever counts for S3 has it. */
const ASCII = /[\t\n\r\x20-\x7e]/g;

/** A header's text with its encoded words decoded; those in a character set that nobody knows stay. */
export const decodeWords = (text: string): string =>
  text.includes("=?") ? text.replace(WORDS, (run) => run.replace(WORD, decodeWord)) : text;

function decodeWord(word: string, charset: string, encoding: string, text: string): string {
  const bytes = encoding.toUpperCase() === "B" ? Buffer.from(text, "base64") : fromQ(text);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return word;
  }
}

const fromQ = (text: string): Buffer =>
  Buffer.from(
    text
      .replaceAll("_", " ")
      .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );

/** A text as a header can carry it: itself where it is printable ASCII, else one encoded word, of Q where most of it is ASCII. */
export function encodeWords(text: string): string {
  if (PLAIN.test(text)) return text;
  const ascii = text.match(ASCII)?.length ?? 0;
  return ascii > text.length - ascii
    ? `=?UTF-8?Q?${toQ(text)}?=`
    : `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;
}

const toQ = (text: string): string =>
  Buffer.from(text, "utf8")
    .toString("latin1")
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x1f=?_\x7f-\xff]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)
    .replaceAll(" ", "_");

import { malformedXml } from "../errors.ts";

const TAG = /<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>\s*/g;
const DOCUMENT = /^\s*(?:<\?xml[^>]*\?>\s*)?<Tagging[^>]*>\s*<TagSet>\s*(.*?)<\/TagSet>\s*<\/Tagging>\s*$/s;
/** S3 finds no tags in it, and nothing wrong with that. */
const OTHER_DOCUMENT = /^\s*(?:<\?xml[^>]*\?>\s*)?<((?!Tagging\b)[\w.-]+)[^>]*(?:\/>|>.*<\/\1>)\s*$/s;
const CHARACTERS: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };

const text = (xml: string): string =>
  xml.replace(/&(quot|apos|lt|gt|amp);/g, (_whole, name: string) => CHARACTERS[name] ?? "");

/** A form's tags are a document; those of a header are a query. @throws AwsError MalformedXML */
export function taggingHeader(document: string): string {
  if (OTHER_DOCUMENT.test(document)) return "";
  const set = DOCUMENT.exec(document)?.[1];
  if (set === undefined || set.replace(TAG, "") !== "") throw malformedXml();
  const tags = [...set.matchAll(TAG)].map(([, key = "", value = ""]): [string, string] => [text(key), text(value)]);
  return new URLSearchParams(tags).toString();
}

import { tooManyTags } from "./errors.ts";

const MOST_TAGS = 50;

/** Of two tags of one key the later counts. @throws AwsError LimitExceededException beyond 50 tags */
export function mergeTags(
  stream: string,
  present: Readonly<Record<string, string>>,
  added: readonly { readonly Key: string; readonly Value?: string | undefined }[],
): Record<string, string> {
  const merged = { ...present, ...Object.fromEntries(added.map(({ Key, Value = "" }) => [Key, Value])) };
  if (Object.keys(merged).length > MOST_TAGS) throw tooManyTags(stream, MOST_TAGS);
  return merged;
}

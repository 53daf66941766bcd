import { isSystemTag, userTagCount } from "../../emulator/model/system-tags.ts";
import { badRequest, invalidArgument, invalidTag, malformedXml } from "./errors.ts";
import type { TagSet } from "./model.ts";

/** How many tags an object and a bucket may have. */
const LIMITS = { object: 10, bucket: 50, "new bucket": 50 } as const;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const SYSTEM_TAG = {
  bucket: "System tags cannot be added/updated by requester",
  object: "Your TagKey cannot be prefixed with aws:",
  "new bucket":
    'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag ' +
    "keys and try again.",
} as const;

type Given = readonly { Key?: string; Value?: string }[];

/**
 * @param present those of its tags that only AWS gives, and that have to stay
 * @throws AwsError InvalidTag, MalformedXML, BadRequest
 */
export function checkTags(tags: Given | undefined, of: keyof typeof LIMITS, present: TagSet = []): TagSet {
  if (!tags) throw malformedXml();
  const keys = new Set<string>();
  const checked = tags.map(({ Key, Value }) => {
    if (Key === undefined || Value === undefined) throw malformedXml();
    if (keys.has(Key)) throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: Key });
    const stays = present.some((tag) => tag.Key === Key && tag.Value === Value);
    if (isSystemTag(Key) && !stays) throw invalidTag(SYSTEM_TAG[of], of === "new bucket" ? {} : { TagKey: Key });
    if (Key.length === 0 || Key.length > MAX_KEY_LENGTH || !ALLOWED.test(Key)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: Key });
    }
    if (Value.length > MAX_VALUE_LENGTH || !ALLOWED.test(Value)) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey: Key, TagValue: Value });
    }
    keys.add(Key);
    return { Key, Value };
  });
  if (present.some(({ Key }) => !keys.has(Key))) throw systemTagStays();
  if (userTagCount([...keys]) > LIMITS[of]) {
    throw of === "object"
      ? badRequest("Object tags cannot be greater than 10")
      : invalidTag("Bucket tag count cannot be greater than 50");
  }
  return checked;
}

/** The tags of a document, which may say that there are none by leaving them out; undefined: there is no document. */
export const tagSetOf = ({
  Tagging,
}: {
  readonly Tagging?: { readonly TagSet?: Given } | undefined;
}): Given | undefined => Tagging && (Tagging.TagSet ?? []);

export const systemTagsOf = (tags: TagSet = []): TagSet => tags.filter(({ Key }) => isSystemTag(Key));

export const systemTagStays = () => invalidTag("System tags cannot be removed by requester");

/** The x-amz-tagging header: tags as the parameters of a URL's query. @throws AwsError InvalidArgument, InvalidTag */
export function parseTagging(header: string | undefined): TagSet | undefined {
  if (header === undefined) return undefined;
  const tags = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
  const areTags = tags.every(({ Key, Value }) => ALLOWED.test(Key) && ALLOWED.test(Value));
  if (!areTags || new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
  return checkTags(tags, "object");
}

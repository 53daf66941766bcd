import { AwsError } from "../../emulator/model/errors.ts";
import { invalidParameter, resourceArnNotFound, validationError } from "./errors.ts";
import { parseResourceArn } from "./resource-arn.ts";
import type { DynamoDbStore } from "./store.ts";

export type Tags = Readonly<Record<string, string>>;
type TagList = readonly { readonly Key: string; readonly Value: string }[];

const MOST_TAGS = 50;
const MOST_BYTES = 10 * 1024;
/** Letters, spaces and numbers of all scripts, and these. */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** The tags of a resource with those of a request over them. @throws AwsError ValidationException */
export function withTags(before: Tags, given: TagList): Tags {
  const seen = new Set<string>();
  for (const { Key, Value } of given) {
    if (seen.has(Key)) throw invalidParameter(`Duplicate tag key: ${Key}`);
    if (Key.startsWith("aws:")) throw validationError("Tag keys beginning with aws: are reserved for system use");
    if (!ALLOWED.test(Key) || !ALLOWED.test(Value)) {
      throw invalidParameter(`A tag has letters, spaces, numbers and + - = . _ : / @ only: ${Key}=${Value}`);
    }
    seen.add(Key);
  }
  const tags = { ...before, ...Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) throw invalidParameter(`Number of tags exceeds the limit of ${MOST_TAGS}`);
  const bytes = Object.entries(tags).reduce((sum, texts) => sum + Buffer.byteLength(texts.join("")), 0);
  if (bytes > MOST_BYTES) throw invalidParameter(`Size of tags exceeds the limit of ${MOST_BYTES} bytes`);
  return tags;
}

const TAGGED = /:table\/([^/]+)(?:\/(index|stream)\/([^/]+))?$/;

/** The tags that policies may ask for: an index has those of its table, a stream its own. */
export function tagsOf(store: DynamoDbStore, arn: string): Tags | undefined {
  const [, tableName = "", kind, label = ""] = TAGGED.exec(arn) ?? [];
  return kind === "stream" ? store.streams.find(tableName, label)?.tags : store.findTable(tableName)?.tags;
}

/** A table, or a stream: it has tags of its own. */
interface Tagged {
  readonly tags: Tags;
  put(tags: Tags): void;
}

/**
 * What a request names by ARN to read or to change its tags.
 * @throws AwsError ValidationException, AccessDeniedException, ResourceNotFoundException
 */
export function taggedResource(
  ctx: {
    readonly store: DynamoDbStore;
    readonly account: string;
    readonly region: string;
    readonly principal: { arn: string };
  },
  arn: string,
): Tagged {
  const { store } = ctx;
  const { region, account, tableName, label } = parseResourceArn(arn);
  if (account !== ctx.account || region !== ctx.region) {
    throw new AwsError(
      { code: "AccessDeniedException", status: 400 },
      `User: ${ctx.principal.arn} is not authorized to access the tags of resource: ${arn}`,
    );
  }
  if (label !== undefined) {
    const stream = store.streams.find(tableName, label);
    if (stream === undefined) throw resourceArnNotFound(arn);
    return { tags: stream.tags ?? {}, put: (tags) => store.streams.tag(stream, tags) };
  }
  const table = store.findTable(tableName);
  if (table === undefined) throw resourceArnNotFound(arn);
  return { tags: table.tags, put: (tags) => store.putTable({ ...table, tags }) };
}

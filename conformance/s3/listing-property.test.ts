import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { bucketName } from "../targets/current.ts";
import { useS3 } from "./fixture.ts";

const Bucket = bucketName("random-keys");
const VERSIONED = "random-versions";
const DELIMITERS = ["", "/", "-", "a/", "é", "😀"];

const { s3 } = useS3({ bucket: Bucket });

/** Any characters of Unicode, and often a few of them, so that prefixes and delimiters meet. */
const few = fc.constantFrom("a", "b", "/", "-", "é", "\uffee", "😀", " ", "+", "%2F", "..", "\t");
const any = fc
  .string({ unit: "binary", minLength: 1, maxLength: 3 })
  .filter((text) => Buffer.from(text).toString() === text);
const key = fc
  .array(fc.oneof({ weight: 4, arbitrary: few }, any), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Keys cannot all be written in XML, so they are asked for as URLs have them. */
const decode = (text = "") => decodeURIComponent(text.replaceAll("+", "%20"));

interface Request {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
}

/** One of the things that are listed: an object, a version of one, an upload to a key. */
interface Item {
  readonly key: string;
  /** Undefined: there is one of each key. */
  readonly id?: string;
}

const nameOf = ({ key: of, id = "" }: Item) => `${of} ${id}`;

/** By the definition of a listing: all items rolled up, in order, each once, behind where it begins. */
function expected(items: readonly Item[], { prefix, delimiter }: Request, begin: Item | undefined): string[] {
  const place = begin?.id === undefined ? -1 : items.findIndex((item) => nameOf(item) === nameOf(begin));
  const rolled = items.flatMap((item, index) => {
    const after = byBytes(item.key, begin?.key ?? "");
    if (!item.key.startsWith(prefix)) return [];
    const end = delimiter === "" ? -1 : item.key.indexOf(delimiter, prefix.length);
    if (end < 0) return after > 0 || (after === 0 && place >= 0 && index > place) ? [nameOf(item)] : [];
    const common = item.key.slice(0, end + delimiter.length);
    return byBytes(common, begin?.key ?? "") > 0 ? [`${common}*`] : [];
  });
  return [...new Set(rolled)];
}

interface Page {
  /** In whatever order. */
  readonly names: string[];
  /** Asks for what is behind it; undefined: it is the last one. */
  readonly next: (() => Promise<Page>) | undefined;
}
type List = (request: Request, begin: Item | undefined) => Promise<Page>;

const common = ({ prefix, delimiter, limit }: Request, of = Bucket) => ({
  Bucket: of,
  Prefix: prefix,
  ...(delimiter !== "" && { Delimiter: delimiter }),
  MaxKeys: limit,
  EncodingType: "url" as const,
});

interface Listed {
  readonly Contents?: readonly { Key?: string; id?: string | undefined }[] | undefined;
  readonly CommonPrefixes?: readonly { Prefix?: string }[] | undefined;
}

const namesOf = ({ Contents = [], CommonPrefixes = [] }: Listed): string[] => [
  ...Contents.map(({ Key, id }) => nameOf({ key: decode(Key), ...(id !== undefined && { id }) })),
  ...CommonPrefixes.map(({ Prefix }) => `${decode(Prefix)}*`),
];

/** The key or common prefix that a page of objects ends with. */
const lastOf = (names: readonly string[]): string =>
  names
    .map((name) => name.slice(0, -1))
    .toSorted(byBytes)
    .at(-1) ?? "";

async function byToken(request: Request, StartAfter: string | undefined, ContinuationToken?: string): Promise<Page> {
  const answer = await s3.send(new ListObjectsV2Command({ ...common(request), StartAfter, ContinuationToken }));
  const names = namesOf(answer);
  expect(answer.KeyCount).toBe(names.length);
  const { NextContinuationToken: token } = answer;
  return { names, next: token === undefined ? undefined : () => byToken(request, StartAfter, token) };
}

async function byStartAfter(request: Request, StartAfter: string | undefined): Promise<Page> {
  const answer = await s3.send(new ListObjectsV2Command({ ...common(request), StartAfter }));
  const names = namesOf(answer);
  return { names, next: answer.IsTruncated ? () => byStartAfter(request, lastOf(names)) : undefined };
}

async function byMarker(request: Request, Marker: string | undefined): Promise<Page> {
  const answer = await s3.send(new ListObjectsCommand({ ...common(request), Marker }));
  const names = namesOf(answer);
  if (answer.NextMarker !== undefined) expect(decode(answer.NextMarker)).toBe(lastOf(names));
  return { names, next: answer.IsTruncated ? () => byMarker(request, lastOf(names)) : undefined };
}

async function versions(request: Request, begin: Item | undefined): Promise<Page> {
  const markers = begin && { KeyMarker: begin.key, VersionIdMarker: begin.id };
  const answer = await s3.send(new ListObjectVersionsCommand({ ...common(request, VERSIONED), ...markers }));
  const { Versions = [], DeleteMarkers = [], CommonPrefixes, IsTruncated } = answer;
  const Contents = [...Versions, ...DeleteMarkers].map((one) => ({ ...one, id: one.VersionId }));
  const { NextKeyMarker, NextVersionIdMarker: id } = answer;
  const next = { key: decode(NextKeyMarker), ...(id !== undefined && { id }) };
  return {
    names: namesOf({ Contents, CommonPrefixes }),
    next: IsTruncated ? () => versions(request, next) : undefined,
  };
}

async function uploads(request: Request, begin: Item | undefined): Promise<Page> {
  const { MaxKeys: MaxUploads, ...rest } = common(request);
  const markers = begin && { KeyMarker: begin.key, UploadIdMarker: begin.id };
  const answer = await s3.send(new ListMultipartUploadsCommand({ ...rest, MaxUploads, ...markers }));
  const { Uploads = [], CommonPrefixes, NextKeyMarker, NextUploadIdMarker: id, IsTruncated } = answer;
  const Contents = Uploads.map(({ Key, UploadId }) => ({ ...(Key !== undefined && { Key }), id: UploadId }));
  const next = { key: decode(NextKeyMarker), ...(id !== undefined && id !== "" && { id }) };
  return { names: namesOf({ Contents, CommonPrefixes }), next: IsTruncated ? () => uploads(request, next) : undefined };
}

let keys: readonly string[] = [];
const listed = { objects: [] as readonly Item[], versions: [] as Item[], uploads: [] as Item[] };

const LISTS: readonly (readonly [string, keyof typeof listed, List])[] = [
  ["ListObjectsV2", "objects", (request, begin) => byToken(request, begin?.key)],
  ["ListObjectsV2 by StartAfter", "objects", (request, begin) => byStartAfter(request, begin?.key)],
  ["ListObjects", "objects", (request, begin) => byMarker(request, begin?.key)],
  ["ListObjectVersions", "versions", versions],
  ["ListMultipartUploads", "uploads", uploads],
];

beforeAll(async () => {
  keys = [...new Set(fc.sample(key, { numRuns: 80, seed: 20_260_101 }))].toSorted(byBytes);
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))));
  listed.objects = keys.map((one) => ({ key: one }));
  await s3.send(new CreateBucketCommand({ Bucket: VERSIONED }));
  const VersioningConfiguration = { Status: "Enabled" as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket: VERSIONED, VersioningConfiguration }));
  const some = keys.filter((_key, index) => index % 2 === 0);
  const made = await Promise.all(
    some.map(async (Key, index) => {
      const to = { Bucket: VERSIONED, Key };
      const ids: string[] = [];
      for (let count = 0; count <= index % 3; count++) {
        const command = count === 1 ? new DeleteObjectCommand(to) : new PutObjectCommand({ ...to, Body: "x" });
        ids.unshift((await s3.send(command)).VersionId ?? "");
      }
      // the id of an upload tells which of one key was first
      const begun = Array.from({ length: 1 + (index % 2) }, () =>
        s3.send(new CreateMultipartUploadCommand({ Bucket, Key })),
      );
      const uploadIds = (await Promise.all(begun)).map(({ UploadId = "" }) => UploadId).toSorted();
      return {
        versions: ids.map((id) => ({ key: Key, id })),
        uploads: uploadIds.map((id) => ({ key: Key, id })),
      };
    }),
  );
  listed.versions.push(...made.flatMap((one) => one.versions));
  listed.uploads.push(...made.flatMap((one) => one.uploads));
});

it.each(LISTS)(
  "%s pages to what there is of any prefix and delimiter, each once and in order, from anywhere on",
  async (_name, kind, list) => {
    const items = listed[kind];
    const prefix = fc.oneof(
      fc.constant(""),
      fc.nat().map((index) => [...(keys[index % keys.length] ?? "")].slice(0, 1 + (index % 2)).join("")),
    );
    const limit = fc.integer({ min: 3, max: 60 });
    // nowhere, at an item, in the middle of a key's items, at a key that may not be there
    const begin = fc.oneof(
      fc.constant(undefined),
      fc.nat().map((index) => items[index % items.length] as Item),
      fc.nat().map((index) => ({ key: items[index % items.length]?.key ?? "" })),
      key.map((one) => ({ key: one })),
    );
    await fc.assert(
      fc.asyncProperty(prefix, fc.constantFrom(...DELIMITERS), limit, begin, async (from, delimiter, most, start) => {
        const request = { prefix: from, delimiter, limit: most };
        const all = expected(items, request, start);
        const rank = new Map(all.map((name, index) => [name, index]));
        const seen: string[] = [];
        let page: Page | undefined = await list(request, start);
        while (page) {
          expect(page.names.length).toBeLessThanOrEqual(most);
          seen.push(...page.names.toSorted((a, b) => (rank.get(a) ?? -1) - (rank.get(b) ?? -1)));
          page = await page.next?.();
        }
        expect(seen).toEqual(all);
      }),
      { numRuns: 20 },
    );
  },
);

it("an upload's id marks a place among those of its own key only", async () => {
  const [one, other] = listed.uploads.filter(({ key: of }, index, all) => all[index - 1]?.key !== of);
  const wrong = { Bucket, KeyMarker: one?.key, UploadIdMarker: other?.id };
  await expect(s3.send(new ListMultipartUploadsCommand(wrong))).rejects.toMatchObject({
    name: "InvalidArgument",
    message: "Invalid uploadId marker",
  });
});

it("a version marks its place also when it is gone", async () => {
  const at = listed.versions.findIndex(({ key: of }, index, all) => all[index + 1]?.key === of && index > 0);
  const [gone, rest] = [listed.versions[at], listed.versions.slice(at + 1)];
  await s3.send(new DeleteObjectCommand({ Bucket: VERSIONED, Key: gone?.key, VersionId: gone?.id }));
  const { names } = await versions({ prefix: "", delimiter: "", limit: 1000 }, gone);
  expect(new Set(names)).toEqual(new Set(rest.map(nameOf)));
});

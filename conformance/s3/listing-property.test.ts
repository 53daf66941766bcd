import {
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { useS3 } from "./fixture.ts";

const Bucket = "random-keys";
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
let keys: readonly string[] = [];

/** By the definition of a listing: all keys rolled up, in order, each once. */
function expected(prefix: string, delimiter: string): string[] {
  const rolled = keys
    .filter((one) => one.startsWith(prefix))
    .map((one) => {
      const index = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
      return index < 0 ? one : one.slice(0, index + delimiter.length);
    });
  return [...new Set(rolled)].toSorted(byBytes);
}

/** Keys cannot all be written in XML, so they are asked for as URLs have them. */
const decode = (text = "") => decodeURIComponent(text.replaceAll("+", "%20"));

type Listed = Pick<ListObjectsV2CommandOutput, "Contents" | "CommonPrefixes">;
const namesOf = ({ Contents = [], CommonPrefixes = [] }: Listed): string[] =>
  [...Contents.map((one) => decode(one.Key)), ...CommonPrefixes.map((one) => decode(one.Prefix))].toSorted(byBytes);

interface Request {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
}

/** @property after where the next page begins; undefined: it is the last one */
interface Page {
  readonly names: string[];
  readonly after: string | undefined;
}
type List = (request: Request, after: string | undefined) => Promise<Page>;

const common = ({ prefix, delimiter, limit }: Request) => ({
  Bucket,
  Prefix: prefix,
  ...(delimiter !== "" && { Delimiter: delimiter }),
  MaxKeys: limit,
  EncodingType: "url" as const,
});

const LISTS: Readonly<Record<string, List>> = {
  ListObjectsV2: async (request, after) => {
    const answer = await s3.send(new ListObjectsV2Command({ ...common(request), ContinuationToken: after }));
    const names = namesOf(answer);
    expect(answer.KeyCount).toBe(names.length);
    return { names, after: answer.NextContinuationToken };
  },
  "ListObjectsV2 by StartAfter": async (request, after) => {
    const answer = await s3.send(new ListObjectsV2Command({ ...common(request), StartAfter: after }));
    const names = namesOf(answer);
    return { names, after: answer.IsTruncated ? names.at(-1) : undefined };
  },
  ListObjects: async (request, after) => {
    const answer = await s3.send(new ListObjectsCommand({ ...common(request), Marker: after }));
    const names = namesOf(answer);
    if (answer.NextMarker !== undefined) expect(decode(answer.NextMarker)).toBe(names.at(-1));
    return { names, after: answer.IsTruncated ? names.at(-1) : undefined };
  },
  ListObjectVersions: async (request, after) => {
    const answer = await s3.send(new ListObjectVersionsCommand({ ...common(request), KeyMarker: after }));
    const names = namesOf({ Contents: answer.Versions, CommonPrefixes: answer.CommonPrefixes });
    return { names, after: answer.IsTruncated ? decode(answer.NextKeyMarker) : undefined };
  },
};

beforeAll(async () => {
  keys = [...new Set(fc.sample(key, { numRuns: 80, seed: 20_260_101 }))];
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))));
});

it.each(Object.entries(LISTS))(
  "%s pages to the keys and common prefixes of any prefix and delimiter, each once and in order",
  async (_name, list) => {
    const prefix = fc.oneof(
      fc.constant(""),
      fc.nat().map((index) => [...(keys[index % keys.length] ?? "")].slice(0, 1 + (index % 2)).join("")),
    );
    const limit = fc.integer({ min: 3, max: 60 });
    await fc.assert(
      fc.asyncProperty(prefix, fc.constantFrom(...DELIMITERS), limit, async (from, delimiter, most) => {
        const request = { prefix: from, delimiter, limit: most };
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const { names, after: next } = await list(request, after);
          expect(names.length).toBeLessThanOrEqual(most);
          seen.push(...names);
          after = next;
        } while (after !== undefined);
        expect(seen).toEqual(expected(from, delimiter));
      }),
      { numRuns: 15 },
    );
  },
);

import fc from "fast-check";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { bytes, useS3 } from "./fixture.ts";
import { begin, completeUpload, MB, uploadPart } from "./multipart-fixture.ts";

const Bucket = bucketName("assembled");
const { s3, send } = useS3({ bucket: Bucket });

/** What Headwater should answer to a range, said as simply as can be. */
function naiveRange(header: string, whole: Buffer): Buffer | "unsatisfiable" {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  const [, from = "", to = ""] = match ?? [];
  if (!match || (from === "" && to === "")) return whole;
  if (from === "") {
    if (Number(to) === 0 || whole.length === 0) return "unsatisfiable";
    return whole.subarray(Math.max(0, whole.length - Number(to)));
  }
  if (to !== "" && Number(to) < Number(from)) return whole;
  return Number(from) >= whole.length
    ? "unsatisfiable"
    : whole.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
}

async function checkRange(key: string, whole: Buffer, header: string): Promise<void> {
  const expected = naiveRange(header, whole);
  const answer = await send({ path: `/${Bucket}/${key}`, headers: { range: header } });
  if (expected === "unsatisfiable") {
    expect([header, answer.status, answer.element("ActualObjectSize")]).toEqual([header, 416, String(whole.length)]);
    return;
  }
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: key, Range: header }));
  const found = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  expect([header, found.length, found.equals(expected)]).toEqual([header, expected.length, true]);
}

/** Positions near borders are where mistakes are. */
const positionIn = (size: number) =>
  fc.oneof(fc.nat(size + 5), fc.constantFrom(0, 1, size - 1, size, 5 * MB - 1, 5 * MB, 5 * MB + 1));
const rangeIn = (size: number) =>
  fc.oneof(
    fc.tuple(positionIn(size), fc.nat(70_000)).map(([from, length]) => `bytes=${from}-${from + length}`),
    positionIn(size).map((from) => `bytes=${Math.max(from, size - 70_000)}-`),
    fc.nat(70_000).map((length) => `bytes=-${length}`),
    fc.tuple(fc.nat(100), fc.nat(100)).map(([from, to]) => `bytes=${from}-${to}`),
    fc.constantFrom("bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,3-4", "bytes=-0"),
  );

describe("range requests", () => {
  it.each([0, 1, 1_000, 70_000])("of an object of %i bytes answer what a slice of a buffer is", async (size) => {
    const whole = bytes(size, size + 1);
    await s3.send(new PutObjectCommand({ Bucket, Key: `whole-${size}`, Body: whole }));
    await fc.assert(
      fc.asyncProperty(rangeIn(size), (header) => checkRange(`whole-${size}`, whole, header)),
      { numRuns: 40 },
    );
  });
});

describe("multipart uploads", () => {
  const scenario = fc.record({
    /** Bytes over the least of all parts but the last. */
    extra: fc.array(fc.nat(200_000), { minLength: 0, maxLength: 2 }),
    last: fc.integer({ min: 1, max: 150_000 }),
    /** How far numbers are apart. */
    gap: fc.integer({ min: 1, max: 3_000 }),
    /** Parts that are put a second time, with other bytes. */
    again: fc.boolean(),
    isBackwards: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });

  it("put together in any order make what a buffer of their parts is, and ranges of it are its slices", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.infiniteStream(rangeIn(12 * MB)),
        async ({ extra, last, gap, again, isBackwards, seed }, ranges) => {
          const Key = `assembled-${run++}`;
          const sizes = [...extra.map((more) => 5 * MB + more), last];
          const parts = sizes.map((size, index) => ({ number: 1 + index * gap, body: bytes(size, seed + index) }));
          const to = await begin(s3, { Bucket, Key });
          const etags = new Map<number, string | undefined>();
          for (const { number, body } of isBackwards ? parts.toReversed() : parts) {
            if (again) await uploadPart(s3, to, number, bytes(1_000, seed + 100));
            etags.set(number, (await uploadPart(s3, to, number, body)).ETag);
          }
          // a part that is not asked for is none of the object's
          await uploadPart(s3, to, 9_999, bytes(10));
          await completeUpload(
            s3,
            to,
            parts.map(({ number }) => ({ PartNumber: number, ETag: etags.get(number) })),
          );
          const whole = Buffer.concat(parts.map(({ body }) => body));
          const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
          expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true);
          for (const header of ranges.take(8)) await checkRange(Key, whole, header);
          const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
          expect(Contents?.map(({ Size }) => Size)).toEqual([whole.length]);
        },
      ),
      { numRuns: 3 },
    );
  }, 60_000);
});

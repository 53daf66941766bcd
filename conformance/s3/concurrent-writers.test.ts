import { createHash } from "node:crypto";
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketName } from "../targets/current.ts";
import { useS3 } from "./fixture.ts";

const Bucket = bucketName("contended");
const WRITERS = 16;
const READERS = 4;
const ROUNDS = 12;

const { s3 } = useS3({ bucket: Bucket });

/** Below and above what is kept in a table. What it holds follows from who wrote it: a mixture shows. */
const bodyOf = (writer: number, round: number): Buffer =>
  Buffer.alloc((writer % 2 === 0 ? 500 : 90_000) + writer * 131 + round * 17, `writer ${writer}, round ${round}. `);

describe("16 writers of one key", () => {
  it("never show a body that is torn, or another's ETag or metadata", async () => {
    let writing = WRITERS;
    const write = async (writer: number) => {
      for (let round = 0; round < ROUNDS; round++) {
        const Metadata = { writer: String(writer), round: String(round) };
        await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: bodyOf(writer, round), Metadata }));
        if (writer === 0) await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      }
      writing--;
    };
    let reads = 0;
    const read = async () => {
      while (writing > 0 || reads === 0) {
        try {
          const { Body, ETag, Metadata } = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
          const found = Buffer.from((await Body?.transformToByteArray()) ?? []);
          const expected = bodyOf(Number(Metadata?.["writer"]), Number(Metadata?.["round"]));
          expect({ isWhole: found.equals(expected), ETag }).toEqual({
            isWhole: true,
            ETag: `"${createHash("md5").update(expected).digest("hex")}"`,
          });
          reads++;
        } catch (error) {
          if (!(error instanceof NoSuchKey)) throw error;
        }
      }
    };
    await Promise.all([
      ...Array.from({ length: WRITERS }, (_writer, id) => write(id)),
      ...Array.from({ length: READERS }, read),
    ]);
    expect(reads).toBeGreaterThan(0);
  });

  it("make it once when each of them asks that it be not there", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: WRITERS }, (_writer, id) =>
        s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: bodyOf(id, 0), IfNoneMatch: "*" })),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("lose no increment when each of them writes on what it has read", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "counter", Body: "0" }));
    const increment = async (): Promise<void> => {
      for (;;) {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key: "counter" }));
        const next = String(Number(await Body?.transformToString()) + 1);
        try {
          await s3.send(new PutObjectCommand({ Bucket, Key: "counter", Body: next, IfMatch: ETag }));
          return;
        } catch (error) {
          if ((error as Error).name !== "PreconditionFailed") throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, increment));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "counter" }));
    expect(await Body?.transformToString()).toBe(String(WRITERS));
  });
});

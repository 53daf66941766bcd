import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { EmulatorOptions } from "../../emulator/index.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { EmulatorProcess } from "../emulator-process.ts";
import { eventually } from "../target.ts";
import { bytes } from "./fixture.ts";

/** These tests restart the emulator on its data directory: they say nothing of other targets. */
const Bucket = "durable";
const KILLS = 4;
const WRITERS = 4;
/** Below and above what is kept in a table. */
const SIZES = [10, 5_000, 70_000, 900_000];

const directory = useDataDirectory();

const files = () => readdirSync(join(directory(), "blobs", "s3"));

/** Runs `work` against an emulator on the directory, and stops it. */
const session = <T>(work: (s3: S3Client) => Promise<T>, options: EmulatorOptions = {}): Promise<T> =>
  inSession(
    { ...options, dataDirectory: directory() },
    (config) => new S3Client({ ...config, forcePathStyle: true, maxAttempts: 1 }),
    work,
  );

const get = async (s3: S3Client, Key: string) =>
  Buffer.from((await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()) ?? []);

async function keys(s3: S3Client): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = "" }) => Key);
}

describe("a restart", () => {
  it("keeps what was written with durability against power cuts", async () => {
    const options = { durability: "power" as const };
    await session(async (s3) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      for (const size of SIZES) await s3.send(new PutObjectCommand({ Bucket, Key: `${size}`, Body: bytes(size) }));
    }, options);
    await session(async (s3) => {
      for (const size of SIZES) expect((await get(s3, `${size}`)).equals(bytes(size))).toBe(true);
    }, options);
  });

  it("keeps objects, uploads in progress and their parts, and goes on with them", async () => {
    const [small, large] = [bytes(100), bytes(200_000)] as const;
    const upload = await session(async (s3) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: small }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: large, Metadata: { a: "1" } }));
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
      const to = { Bucket, Key: "parts", UploadId };
      await s3.send(new UploadPartCommand({ ...to, PartNumber: 1, Body: large }));
      return to;
    });
    await session(async (s3) => {
      expect((await get(s3, "small")).equals(small)).toBe(true);
      expect((await get(s3, "large")).equals(large)).toBe(true);
      const { Parts = [] } = await s3.send(new ListPartsCommand(upload));
      const listed = Parts.map(({ PartNumber, ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 }));
      await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: listed } }));
      expect((await get(s3, "parts")).equals(large)).toBe(true);
    });
  });

  it("leaves no file behind of what was replaced, deleted or aborted", async () => {
    await session(async (s3) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      for (const Key of ["a", "a", "b"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes(100_000) }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "b" }));
      await s3.send(new PutObjectCommand({ Bucket, Key: "c", Body: "small" }));
    });
    expect(files()).toHaveLength(1);
  });
});

describe("an aborted upload", () => {
  it("gives the space of its parts back", async () => {
    const bytesOnDisk = () =>
      files().reduce((sum, file) => sum + statSync(join(directory(), "blobs", "s3", file)).size, 0);
    await session(async (s3) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
      const to = { Bucket, Key: "parts", UploadId };
      for (const PartNumber of [1, 2, 2]) {
        await s3.send(new UploadPartCommand({ ...to, PartNumber, Body: bytes(3_000_000, PartNumber) }));
      }
      await eventually("a part that is replaced is gone", async () => (bytesOnDisk() === 6_000_000 ? true : undefined));
      await s3.send(new AbortMultipartUploadCommand(to));
      await eventually("nothing is left", async () => (bytesOnDisk() === 0 ? true : undefined));
    });
  });
});

describe("kill -9", () => {
  it("loses no acknowledged object, shows no half one, and leaves no file behind", async () => {
    const acknowledged = new Map<string, number>();
    /** What may be there instead: sent since the last acknowledgement. */
    const sent = new Map<string, number[]>();
    await session((s3) => s3.send(new CreateBucketCommand({ Bucket })));
    for (let kill = 0; kill < KILLS; kill++) {
      const emulator = await EmulatorProcess.start(directory());
      const s3 = new S3Client({ ...emulator.clientConfig(), forcePathStyle: true });
      let dead = false;
      const writer = async (id: number) => {
        for (let count = 0; !dead; count++) {
          const Key = `writer-${id}`;
          const seed = kill * 100_000 + count * 10 + id + 1;
          sent.set(Key, [...(sent.get(Key) ?? []), seed]);
          await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes(SIZES[count % SIZES.length] ?? 1, seed) }));
          acknowledged.set(Key, seed);
          sent.set(Key, []);
          const once = `once-${kill}-${id}-${count}`;
          await s3.send(new PutObjectCommand({ Bucket, Key: once, Body: bytes(70_000, seed) }));
          acknowledged.set(once, seed);
        }
      };
      const writers = Array.from({ length: WRITERS }, (_writer, id) => writer(id));
      // a place in the work that differs from kill to kill, not a time
      const enough = acknowledged.size + 3 + kill * 4;
      try {
        await eventually(`${enough} objects`, async () => (acknowledged.size >= enough ? true : undefined), 60_000);
      } finally {
        await emulator.kill();
      }
      dead = true;
      await Promise.allSettled(writers);
      s3.destroy();
    }
    await session(async (s3) => {
      const found = await keys(s3);
      expect(found).toEqual(expect.arrayContaining([...acknowledged.keys()]));
      for (const key of found) {
        const body = await get(s3, key);
        const seeds = [acknowledged.get(key), ...(sent.get(key) ?? [])].filter((seed) => seed !== undefined);
        if (seeds.length === 0) expect(body).toHaveLength(70_000);
        else expect(seeds.some((seed) => bytes(body.length, seed).equals(body))).toBe(true);
      }
      const large = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.filter(
        ({ Size = 0 }) => Size > 65_536,
      );
      expect(files()).toHaveLength(large?.length ?? 0);
    });
  }, 120_000);
});

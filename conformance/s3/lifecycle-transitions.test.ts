import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type LifecycleRule,
  type TransitionDefaultMinimumObjectSize,
} from "@aws-sdk/client-s3";
import { eventually } from "../target.ts";
import { failure, useS3 } from "./fixture.ts";

const DAY_MS = 24 * 3600 * 1000;
const LARGE = Buffer.alloc(128 * 1024);

const { target, s3 } = useS3({ manualClock: true });

const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({ ID: "r", Status: "Enabled", Filter: {}, ...more });
const put = (Bucket: string, Rules: LifecycleRule[], minimum?: TransitionDefaultMinimumObjectSize) =>
  s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules },
      TransitionDefaultMinimumObjectSize: minimum,
    }),
  );

const classes = async (Bucket: string) =>
  Object.fromEntries(
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map((one) => [one.Key, one.StorageClass]),
  );
const become = (read: () => Promise<unknown>, expected: unknown) =>
  eventually(JSON.stringify(expected), async () =>
    JSON.stringify(await read()) === JSON.stringify(expected) ? expected : undefined,
  );

describe("transitions", () => {
  const Bucket = "cooling";

  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
  });

  it.each([
    [
      { Transitions: [{ Days: 29, StorageClass: "STANDARD_IA" as const }] },
      "InvalidArgument",
      "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ],
    [
      { Transitions: [{ Days: -1, StorageClass: "GLACIER_IR" as const }] },
      "InvalidArgument",
      "'Days' for Transition action must be nonnegative",
    ],
    [
      { Transitions: [{ Days: 30, StorageClass: "GLACIER_IR" as const }], Expiration: { Days: 30 } },
      "InvalidArgument",
      "'Days' in the Expiration action for prefix '' must be greater than 'Days' in the Transition action",
    ],
    [
      { Transitions: [{ Days: 1, StorageClass: "GLACIER_IR" as const }], Expiration: { Date: new Date("2040-01-01") } },
      "InvalidRequest",
      "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for prefix ''",
    ],
    [
      {
        Transitions: [
          { Days: 1, StorageClass: "GLACIER_IR" as const },
          { Days: 2, StorageClass: "GLACIER_IR" as const },
        ],
      },
      "InvalidRequest",
      "'StorageClass' must be different for 'Transition' actions in same 'Rule' with prefix ''",
    ],
    [
      { Transitions: [{ Days: 1, StorageClass: "STANDARD" as "GLACIER_IR" }] },
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    ],
  ])("of %j are refused", async (more, code, message) => {
    expect(await failure(put(Bucket, [rule(more)]))).toEqual({ status: 400, code, message });
  });

  it("are kept as they were put", async () => {
    const given = rule({
      Transitions: [{ Date: new Date("2040-01-01T00:00:00Z"), StorageClass: "GLACIER_IR" }],
      NoncurrentVersionTransitions: [{ NoncurrentDays: 3, NewerNoncurrentVersions: 1, StorageClass: "GLACIER_IR" }],
    });
    await put(Bucket, [given]);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toEqual([given]);
  });

  it("move objects at the midnight after their days, the large ones, and no way back", async () => {
    await put(Bucket, [
      rule({
        Transitions: [
          { Days: 1, StorageClass: "INTELLIGENT_TIERING" },
          { Days: 30, StorageClass: "STANDARD_IA" },
          { Days: 60, StorageClass: "GLACIER_IR" },
          { Days: 90, StorageClass: "DEEP_ARCHIVE" },
        ],
      }),
      rule({ ID: "small", Filter: { ObjectSizeLessThan: 10 }, Transitions: [{ Days: 1, StorageClass: "GLACIER_IR" }] }),
    ]);
    await s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: LARGE }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "medium", Body: LARGE.subarray(1) }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: "x" }));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    await target.clock.advance(2 * DAY_MS);
    const cooled = { large: "INTELLIGENT_TIERING", medium: "STANDARD", small: "GLACIER_IR" };
    await become(() => classes(Bucket), cooled);
    await target.clock.advance(30 * DAY_MS);
    expect(await classes(Bucket)).toEqual(cooled);
    await target.clock.advance(30 * DAY_MS);
    await become(() => classes(Bucket), { ...cooled, large: "GLACIER_IR" });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    expect([head.StorageClass, head.LastModified]).toEqual(["GLACIER_IR", LastModified]);
    await target.clock.advance(30 * DAY_MS);
    await become(() => classes(Bucket), { ...cooled, large: "DEEP_ARCHIVE" });
    const archived = s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    expect(await failure(archived)).toMatchObject({ status: 403, code: "InvalidObjectState" });
  });

  it("move older versions by how long they have been that", async () => {
    const versioned = "cooling-versions";
    await s3.send(new CreateBucketCommand({ Bucket: versioned }));
    const VersioningConfiguration = { Status: "Enabled" as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket: versioned, VersioningConfiguration }));
    await put(versioned, [
      rule({
        NoncurrentVersionTransitions: [{ NoncurrentDays: 1, NewerNoncurrentVersions: 1, StorageClass: "GLACIER_IR" }],
      }),
    ]);
    for (let index = 0; index < 3; index++) {
      await s3.send(new PutObjectCommand({ Bucket: versioned, Key: "k", Body: LARGE }));
    }
    const read = async () =>
      (await s3.send(new ListObjectVersionsCommand({ Bucket: versioned }))).Versions?.map((one) => one.StorageClass);
    await target.clock.advance(2 * DAY_MS);
    await become(read, ["STANDARD", "STANDARD", "GLACIER_IR"]);
  });
});

/** Proves PutBucketLifecycleConfiguration, GetBucketLifecycleConfiguration and DeleteBucketLifecycle. */
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { eventually } from "../target.ts";
import { failure, useS3 } from "./fixture.ts";

const DAY_MS = 24 * 3600 * 1000;
/** What is moved to other classes of storage unless a rule says otherwise. */
const LARGE = Buffer.alloc(128 * 1024);

const { target, s3 } = useS3({ manualClock: true });

let count = 0;

async function newBucket(versioned = false): Promise<string> {
  const Bucket = `lifecycle-${count++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const enabled = { VersioningConfiguration: { Status: "Enabled" as const } };
  if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, ...enabled }));
  return Bucket;
}

const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({ ID: "r", Status: "Enabled", Filter: {}, ...more });

const putRules = (Bucket: string, ...Rules: LifecycleRule[]) =>
  s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));

const put = (Bucket: string, Key: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: "12345", ...more }));

const keys = async (Bucket: string) =>
  ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);

async function versions(Bucket: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [...Versions.map(({ Key }) => `${Key}`), ...DeleteMarkers.map(({ Key }) => `- ${Key}`)];
}

/** The sweep goes on after the step of the clock that began it. */
const becomes = (what: string, read: () => Promise<unknown>, expected: unknown) =>
  eventually(what, async () => {
    const now = await read();
    return JSON.stringify(now) === JSON.stringify(expected) ? now : undefined;
  });

describe("PutBucketLifecycleConfiguration", () => {
  describe("validation", () => {
    it("keeps the rules, gives an id to those that have none, and forgets them when they are deleted", async () => {
      const Bucket = await newBucket();
      const read = async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules;
      expect(await failure(read())).toMatchObject({ status: 404, code: "NoSuchLifecycleConfiguration" });
      const given = rule({
        Filter: { And: { Prefix: "a/", Tags: [{ Key: "k", Value: "v" }] } },
        Expiration: { Days: 3 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 2 },
      });
      const date = rule({ ID: undefined, Expiration: { Date: new Date("2030-01-01T00:00:00Z") } });
      await putRules(Bucket, given, date);
      expect(await read()).toEqual([given, { ...date, ID: expect.stringMatching(/.+/) }]);
      await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
      expect(await failure(read())).toMatchObject({ code: "NoSuchLifecycleConfiguration" });
    });

    it.each([
      ["no action", rule({}), "InvalidRequest", "At least one action needs to be specified in a rule"],
      ["no filter", rule({ Filter: undefined, Expiration: { Days: 1 } }), "MalformedXML", ""],
      [
        "a filter of two",
        rule({ Filter: { Prefix: "a", ObjectSizeLessThan: 5 }, Expiration: { Days: 1 } }),
        "MalformedXML",
        "",
      ],
      ["an And of one", rule({ Filter: { And: { Prefix: "a" } }, Expiration: { Days: 1 } }), "MalformedXML", ""],
      ["two expirations", rule({ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }), "MalformedXML", ""],
      [
        "no days",
        rule({ Expiration: { Days: 0 } }),
        "InvalidArgument",
        "'Days' for Expiration action must be a positive integer",
      ],
      [
        "a date at noon",
        rule({ Expiration: { Date: new Date("2030-01-01T12:00:00Z") } }),
        "InvalidArgument",
        "'Date' must be at midnight GMT",
      ],
      ["a noncurrent expiration of nothing", rule({ NoncurrentVersionExpiration: {} }), "MalformedXML", ""],
      [
        "uploads by tag",
        rule({ Filter: { Tag: { Key: "a", Value: "b" } }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
        "InvalidRequest",
        "AbortIncompleteMultipartUpload cannot be specified with Tags.",
      ],
    ])("refuses a rule with %s", async (_what, broken, code, message) => {
      const Bucket = await newBucket();
      expect(await failure(putRules(Bucket, broken))).toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
    });

    it("refuses a least size of transitions that is none", async () => {
      const broken = new PutBucketLifecycleConfigurationCommand({
        Bucket: await newBucket(),
        LifecycleConfiguration: { Rules: [rule({ Expiration: { Days: 1 } })] },
        TransitionDefaultMinimumObjectSize: "none" as "varies_by_storage_class",
      });
      expect(await failure(s3.send(broken))).toEqual({
        status: 400,
        code: "InvalidRequest",
        message: "Invalid TransitionDefaultMinimumObjectSize found: none",
      });
    });

    it("refuses two rules with one id", async () => {
      const Bucket = await newBucket();
      const one = rule({ Expiration: { Days: 1 } });
      expect(await failure(putRules(Bucket, one, one))).toMatchObject({
        message: "Rule ID must be unique. Found same ID for one or more rules",
      });
    });
  });

  describe("behaviour", () => {
    it("expires objects at the midnight after their days, those that the filter takes", async () => {
      const Bucket = await newBucket();
      await putRules(
        Bucket,
        rule({ ID: "by prefix", Filter: { Prefix: "tmp/" }, Expiration: { Days: 1 } }),
        rule({ ID: "by tag", Filter: { Tag: { Key: "t", Value: "1" } }, Expiration: { Days: 1 } }),
        rule({ ID: "by size", Filter: { ObjectSizeGreaterThan: 5 }, Expiration: { Days: 1 } }),
        rule({ ID: "off", Status: "Disabled", Expiration: { Days: 1 } }),
      );
      const { Expiration } = await put(Bucket, "tmp/a");
      const midnight = Math.ceil((target.clock.now() + DAY_MS) / DAY_MS) * DAY_MS;
      expect(Expiration).toBe(`expiry-date="${new Date(midnight).toUTCString()}", rule-id="by%20prefix"`);
      await put(Bucket, "tagged", { Tagging: "t=1" });
      await put(Bucket, "large", { Body: "123456" });
      await put(Bucket, "kept");
      expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "kept" }))).Expiration).toBeUndefined();
      await target.clock.advance(midnight - 1 - target.clock.now());
      expect(await keys(Bucket)).toEqual(["kept", "large", "tagged", "tmp/a"]);
      await target.clock.advance(1);
      await becomes("the rest to be gone", () => keys(Bucket), ["kept"]);
    });

    it("puts a delete marker over what expires in a bucket with versioning, and takes it away when it is alone", async () => {
      const Bucket = await newBucket(true);
      await target.clock.advance(3_600_000 + DAY_MS - (target.clock.now() % DAY_MS));
      await putRules(
        Bucket,
        rule({ ID: "current", Filter: { Prefix: "c" }, Expiration: { Days: 1 } }),
        rule({ ID: "older", NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
      );
      await put(Bucket, "c");
      await target.clock.advance(2 * DAY_MS);
      await becomes("the object to expire", () => versions(Bucket), ["c", "- c"]);
      await target.clock.advance(2 * DAY_MS);
      await becomes("its version and its marker to go", () => versions(Bucket), []);
    });

    it("keeps the newest of the older versions where a rule says how many", async () => {
      const Bucket = await newBucket(true);
      const expiration = { NoncurrentDays: 1, NewerNoncurrentVersions: 2 };
      await putRules(Bucket, rule({ NoncurrentVersionExpiration: expiration }));
      const ids: (string | undefined)[] = [];
      for (let version = 0; version < 5; version++) ids.unshift((await put(Bucket, "k")).VersionId);
      await target.clock.advance(2 * DAY_MS);
      const left = async () =>
        (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions?.map(({ VersionId }) => VersionId);
      await becomes("three versions to be left", left, ids.slice(0, 3));
    });

    it("takes away delete markers that hide nothing", async () => {
      const Bucket = await newBucket(true);
      await putRules(Bucket, rule({ Expiration: { ExpiredObjectDeleteMarker: true } }));
      await put(Bucket, "hidden");
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "hidden" }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "alone" }));
      await target.clock.advance(DAY_MS);
      await becomes("one marker to be left", () => versions(Bucket), ["hidden", "- hidden"]);
    });

    it("aborts uploads that nobody completed", async () => {
      const Bucket = await newBucket();
      await putRules(Bucket, rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }));
      const { AbortRuleId, AbortDate } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
      expect([AbortRuleId, AbortDate?.getTime()]).toEqual([
        "r",
        Math.ceil((target.clock.now() + DAY_MS) / DAY_MS) * DAY_MS,
      ]);
      const uploads = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
      expect(await uploads()).toBe(1);
      await target.clock.advance(2 * DAY_MS);
      await becomes("the upload to be gone", uploads, 0);
    });
  });
});

const classes = async (Bucket: string) =>
  Object.fromEntries(
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map((one) => [one.Key, one.StorageClass]),
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
    expect(await failure(putRules(Bucket, rule(more)))).toEqual({ status: 400, code, message });
  });

  it("are kept as they were put", async () => {
    const given = rule({
      Transitions: [{ Date: new Date("2040-01-01T00:00:00Z"), StorageClass: "GLACIER_IR" }],
      NoncurrentVersionTransitions: [{ NoncurrentDays: 3, NewerNoncurrentVersions: 1, StorageClass: "GLACIER_IR" }],
    });
    await putRules(Bucket, given);
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toEqual([given]);
  });

  it("move objects at the midnight after their days, the large ones, and no way back", async () => {
    await putRules(
      Bucket,
      rule({
        Transitions: [
          { Days: 1, StorageClass: "INTELLIGENT_TIERING" },
          { Days: 30, StorageClass: "STANDARD_IA" },
          { Days: 60, StorageClass: "GLACIER_IR" },
          { Days: 90, StorageClass: "DEEP_ARCHIVE" },
        ],
      }),
      rule({ ID: "small", Filter: { ObjectSizeLessThan: 10 }, Transitions: [{ Days: 1, StorageClass: "GLACIER_IR" }] }),
    );
    await s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: LARGE }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "medium", Body: LARGE.subarray(1) }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "small", Body: "x" }));
    const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    await target.clock.advance(2 * DAY_MS);
    const cooled = { large: "INTELLIGENT_TIERING", medium: "STANDARD", small: "GLACIER_IR" };
    await becomes("the classes of storage", () => classes(Bucket), cooled);
    await target.clock.advance(30 * DAY_MS);
    expect(await classes(Bucket)).toEqual(cooled);
    await target.clock.advance(30 * DAY_MS);
    await becomes("the classes of storage", () => classes(Bucket), { ...cooled, large: "GLACIER_IR" });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "large" }));
    expect([head.StorageClass, head.LastModified]).toEqual(["GLACIER_IR", LastModified]);
    await target.clock.advance(30 * DAY_MS);
    await becomes("the classes of storage", () => classes(Bucket), { ...cooled, large: "DEEP_ARCHIVE" });
    const archived = s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    expect(await failure(archived)).toMatchObject({ status: 403, code: "InvalidObjectState" });
  });

  it.each([
    [undefined, "all_storage_classes_128K", "STANDARD"],
    ["varies_by_storage_class", "varies_by_storage_class", "DEEP_ARCHIVE"],
  ] as const)("move small objects where the least size is %s", async (given, answered, storageClass) => {
    const small = await newBucket();
    const Rules = [rule({ Transitions: [{ Days: 1, StorageClass: "DEEP_ARCHIVE" }] })];
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: small,
        LifecycleConfiguration: { Rules },
        TransitionDefaultMinimumObjectSize: given,
      }),
    );
    const read = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: small }));
    expect(read.TransitionDefaultMinimumObjectSize).toBe(answered);
    await put(small, "small");
    await s3.send(new PutObjectCommand({ Bucket: small, Key: "large", Body: LARGE }));
    await target.clock.advance(2 * DAY_MS);
    await becomes("the classes of storage", () => classes(small), { large: "DEEP_ARCHIVE", small: storageClass });
  });

  it("move older versions by how long they have been that", async () => {
    const versioned = await newBucket(true);
    await putRules(
      versioned,
      rule({
        NoncurrentVersionTransitions: [{ NoncurrentDays: 1, NewerNoncurrentVersions: 1, StorageClass: "GLACIER_IR" }],
      }),
    );
    for (let index = 0; index < 3; index++) {
      await s3.send(new PutObjectCommand({ Bucket: versioned, Key: "k", Body: LARGE }));
    }
    const read = async () =>
      (await s3.send(new ListObjectVersionsCommand({ Bucket: versioned }))).Versions?.map((one) => one.StorageClass);
    await target.clock.advance(2 * DAY_MS);
    await becomes("the classes of storage", read, ["STANDARD", "STANDARD", "GLACIER_IR"]);
  });
});

import { gunzipSync } from "node:zlib";
import { CreateLogGroupCommand, CreateLogStreamCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { UpdateDestinationCommand } from "@aws-sdk/client-firehose";
import AdmZip from "adm-zip";
import { makeRole } from "../role.ts";
import { eventually } from "../target.ts";
import { bucketArn, FirehoseFixture, ROLE, streamArn, type Settings } from "./fixture.ts";

const aws = new FirehoseFixture();

const MINUTE: Settings = { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } };
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** The parts of a time as AWS writes them. */
function utc(ms: number) {
  const [date = "", time = ""] = new Date(ms).toISOString().split("T");
  const [year, month, day] = date.split("-");
  const [hour, minute, second] = time.slice(0, 8).split(":");
  return { year, month, day, hour, minute, second };
}

describe("delivery to S3", () => {
  describe("buffering", () => {
    it("delivers one object when the interval is over, not before, named by the oldest record", async () => {
      await aws.stream("interval", MINUTE);
      const { year, month, day, hour, minute, second } = utc(aws.target.clock.now());
      await aws.put("interval", "a", "b");
      await aws.target.clock.advance(59_000);
      await aws.put("interval", "c");
      expect(await aws.keys("interval")).toEqual([]);
      await aws.target.clock.advance(1_000);
      const { key, text } = await aws.object("interval");
      expect(text).toBe("abc");
      expect(key).toMatch(
        new RegExp(
          `^${year}/${month}/${day}/${hour}/interval-1-${year}-${month}-${day}-${hour}-${minute}-${second}-${UUID}$`,
        ),
      );
    });

    it("delivers as soon as the buffer is full", async () => {
      await aws.stream("full", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 900 } });
      await aws.put("full", Buffer.alloc(600_000, "x"));
      await aws.put("full", Buffer.alloc(600_000, "y"));
      expect((await aws.object("full")).text).toHaveLength(1_200_000);
    });

    it("delivers at once with an interval of 0", async () => {
      await aws.stream("at-once", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 } });
      await aws.put("at-once", "now");
      await aws.target.clock.advance(0);
      expect((await aws.object("at-once")).text).toBe("now");
    });

    it("keeps every byte of many records, in their order", async () => {
      await aws.stream("bytes", MINUTE);
      const records = Array.from({ length: 500 }, (_, index) => Buffer.alloc(index, index));
      await aws.put("bytes", ...records);
      await aws.target.clock.advance(60_000);
      const [key = ""] = Object.keys(await aws.objects("bytes", 1));
      const body = await (await aws.get("bytes", key)).Body?.transformToByteArray();
      expect(Buffer.compare(Buffer.from(body ?? []), Buffer.concat(records))).toBe(0);
    });
  });

  describe("names", () => {
    it("evaluates the expressions of the prefix in the stream's time zone", async () => {
      await aws.stream("zone", {
        ...MINUTE,
        Prefix: "y=!{timestamp:yyyy}/!{timestamp:MMM'-'dd}/h=!{timestamp:HH}/!{firehose:random-string}/",
        ErrorOutputPrefix: "e/!{firehose:error-output-type}/",
        CustomTimeZone: "Asia/Tokyo",
        FileExtension: ".json",
      });
      const tokyo = new Date(aws.target.clock.now() + 9 * 3_600_000);
      const month = tokyo.toLocaleString("en-US", { month: "short", timeZone: "UTC" });
      const { year, day, hour } = utc(tokyo.getTime());
      await aws.put("zone", "x");
      await aws.target.clock.advance(60_000);
      expect((await aws.object("zone")).key).toMatch(
        new RegExp(`^y=${year}/${month}-${day}/h=${hour}/[0-9a-z]{11}/zone-1-${year}-.*-${UUID}\\.json$`),
      );
    });

    it("puts the time behind a prefix without expressions, and the version after an update into the name", async () => {
      await aws.stream("plain", { ...MINUTE, Prefix: "raw-" });
      await aws.firehose.send(
        new UpdateDestinationCommand({
          DeliveryStreamName: "plain",
          CurrentDeliveryStreamVersionId: "1",
          DestinationId: "destinationId-000000000001",
          ExtendedS3DestinationUpdate: { Prefix: "fine-" },
        }),
      );
      await aws.put("plain", "x");
      await aws.target.clock.advance(60_000);
      expect((await aws.object("plain")).key).toMatch(/^fine-\d{4}\/\d\d\/\d\d\/\d\d\/plain-2-/);
    });
  });

  describe("compression and delimiters", () => {
    it("writes gzip with a line feed between records", async () => {
      await aws.stream("gzip", {
        ...MINUTE,
        CompressionFormat: "GZIP",
        ProcessingConfiguration: { Enabled: true, Processors: [{ Type: "AppendDelimiterToRecord" }] },
      });
      await aws.put("gzip", '{"a":1}');
      await aws.put("gzip", '{"a":2}', '{"a":3}');
      await aws.target.clock.advance(60_000);
      const [key = ""] = Object.keys(await aws.objects("gzip", 1));
      expect(key).toMatch(/\.gz$/);
      const object = await aws.get("gzip", key);
      expect(object.ContentEncoding).toBe("gzip");
      const body = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
      expect(gunzipSync(body).toString()).toBe('{"a":1}\n{"a":2}\n{"a":3}');
    });

    it("writes zip", async () => {
      await aws.stream("zip", { ...MINUTE, CompressionFormat: "ZIP" });
      await aws.put("zip", "one", "two");
      await aws.target.clock.advance(60_000);
      const [key = ""] = Object.keys(await aws.objects("zip", 1));
      const body = (await (await aws.get("zip", key)).Body?.transformToByteArray()) ?? new Uint8Array();
      expect(new AdmZip(Buffer.from(body)).getEntries().map((entry) => entry.getData().toString())).toEqual(["onetwo"]);
    });
  });

  describe("backup", () => {
    it("writes what came in to the backup, by its own buffer", async () => {
      await aws.bucket("backup-raw");
      await aws.stream("backed-up", {
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 120 },
        S3BackupMode: "Enabled",
        S3BackupConfiguration: {
          RoleARN: ROLE,
          BucketARN: bucketArn("backup-raw"),
          Prefix: "source/",
          BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
        },
      });
      await aws.put("backed-up", "x", "y");
      await aws.target.clock.advance(60_000);
      const { key, text } = await aws.object("backup-raw");
      expect(text).toBe("xy");
      expect(key).toMatch(/^source\/\d{4}\//);
      expect(await aws.keys("backed-up")).toEqual([]);
      await aws.target.clock.advance(60_000);
      expect((await aws.object("backed-up")).text).toBe("xy");
    });
  });

  describe("failures", () => {
    it("logs why it cannot deliver, and delivers when it can", async () => {
      const names = { logGroupName: "/aws/kinesisfirehose/late", logStreamName: "S3Delivery" };
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: names.logGroupName }));
      await aws.logs.send(new CreateLogStreamCommand(names));
      await aws.create("late", {
        ...MINUTE,
        CloudWatchLoggingOptions: {
          Enabled: true,
          LogGroupName: names.logGroupName,
          LogStreamName: names.logStreamName,
        },
      });
      await aws.put("late", "kept");
      await aws.target.clock.advance(60_000);
      const message = await eventually("an error in the log", async () => {
        const { events = [] } = await aws.logs.send(new GetLogEventsCommand(names));
        return events[0]?.message;
      });
      expect(JSON.parse(message)).toEqual({
        deliveryStreamARN: streamArn("late"),
        destination: bucketArn("late"),
        deliveryStreamVersionId: 1,
        message: "The specified bucket does not exist. Create the bucket or use a different bucket that does exist.",
        errorCode: "S3.NoSuchBucket",
      });
      await aws.bucket("late");
      await eventually("the object", async () => {
        await aws.target.clock.advance(1_000);
        return (await aws.keys("late"))[0];
      });
      expect((await aws.object("late")).text).toBe("kept");
    });

    it("says so when the role may not write", async () => {
      const RoleARN = await makeRole(aws.target.clientConfig(), "log-only", {
        service: "firehose.amazonaws.com",
        statements: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource: "*" }],
      });
      const names = { logGroupName: "/aws/kinesisfirehose/forbidden", logStreamName: "S3Delivery" };
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: names.logGroupName }));
      await aws.logs.send(new CreateLogStreamCommand(names));
      await aws.stream("forbidden", {
        ...MINUTE,
        RoleARN,
        CompressionFormat: "GZIP",
        CloudWatchLoggingOptions: {
          Enabled: true,
          LogGroupName: names.logGroupName,
          LogStreamName: names.logStreamName,
        },
      });
      await aws.put("forbidden", "x");
      await aws.target.clock.advance(60_000);
      const message = await eventually("an error in the log", async () => {
        const { events = [] } = await aws.logs.send(new GetLogEventsCommand(names));
        return events[0]?.message;
      });
      expect(JSON.parse(message)).toMatchObject({ errorCode: "S3.AccessDenied" });
      expect(await aws.keys("forbidden")).toEqual([]);
    });

    it("takes what waits to the bucket of an update", async () => {
      await aws.create("moved", { ...MINUTE, BucketARN: bucketArn("not-there") });
      await aws.put("moved", "kept");
      await aws.target.clock.advance(60_000);
      await aws.bucket("moved");
      await aws.firehose.send(
        new UpdateDestinationCommand({
          DeliveryStreamName: "moved",
          CurrentDeliveryStreamVersionId: "1",
          DestinationId: "destinationId-000000000001",
          S3DestinationUpdate: { BucketARN: bucketArn("moved") },
        }),
      );
      await eventually("the object", async () => {
        await aws.target.clock.advance(1_000);
        return (await aws.keys("moved"))[0];
      });
      expect((await aws.object("moved")).text).toBe("kept");
    });

    it("gives up what it could not deliver for 24 hours", async () => {
      await aws.create("expired", MINUTE);
      await aws.put("expired", "lost");
      for (let hour = 0; hour <= 24; hour++) await aws.target.clock.advance(3_600_000);
      await aws.bucket("expired");
      await aws.put("expired", "new");
      await eventually("the object", async () => {
        await aws.target.clock.advance(10_000);
        return (await aws.keys("expired"))[0];
      });
      expect((await aws.object("expired")).text).toBe("new");
    });
  });
});

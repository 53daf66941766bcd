import {
  CreateDeliveryStreamCommand,
  DeleteDeliveryStreamCommand,
  ListDeliveryStreamsCommand,
  ListTagsForDeliveryStreamCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
  StartDeliveryStreamEncryptionCommand,
  StopDeliveryStreamEncryptionCommand,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
  UpdateDestinationCommand,
  type CreateDeliveryStreamCommandInput,
  type ExtendedS3DestinationUpdate,
} from "@aws-sdk/client-firehose";
import { bucketArn, failure, FirehoseFixture, ROLE, streamArn, type Settings } from "./fixture.ts";

const aws = new FirehoseFixture();
const { firehose } = aws;

const creation = (settings: Settings, input: Partial<CreateDeliveryStreamCommandInput> = {}) =>
  failure(
    firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: "refused",
        ExtendedS3DestinationConfiguration: { RoleARN: ROLE, BucketARN: bucketArn("b"), ...settings },
        ...input,
      }),
    ),
  );

const update = (name: string, version: string, settings: ExtendedS3DestinationUpdate) =>
  firehose.send(
    new UpdateDestinationCommand({
      DeliveryStreamName: name,
      CurrentDeliveryStreamVersionId: version,
      DestinationId: "destinationId-000000000001",
      ExtendedS3DestinationUpdate: settings,
    }),
  );

const partitioned: Settings = {
  Prefix: "p=!{partitionKeyFromQuery:p}/",
  ErrorOutputPrefix: "e/!{firehose:error-output-type}/",
  BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
  DynamicPartitioningConfiguration: { Enabled: true },
};

const metadata = (query: string): Settings["ProcessingConfiguration"] => ({
  Enabled: true,
  Processors: [
    {
      Type: "MetadataExtraction",
      Parameters: [
        { ParameterName: "MetadataExtractionQuery", ParameterValue: query },
        { ParameterName: "JsonParsingEngine", ParameterValue: "JQ-1.6" },
      ],
    },
  ],
});

describe("CreateDeliveryStream", () => {
  describe("validation", () => {
    it.each<[string, Settings, string]>([
      [
        "an unknown namespace",
        { Prefix: "a/!{time:yyyy}/" },
        "Namespace to the left of colon (time) is an invalid keyword!",
      ],
      ["an expression without an end", { Prefix: "a/!{timestamp" }, "Invalid expression usage"],
      [
        "letters that no timestamp has",
        { Prefix: "a/!{timestamp:JJ}/", ErrorOutputPrefix: "!{firehose:error-output-type}" },
        "Invalid conversion character used in the value of the expression in Prefix",
      ],
      [
        "expressions without an error prefix",
        { Prefix: "a/!{timestamp:yyyy}/" },
        "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions",
      ],
      [
        "an error prefix that does not tell the errors apart",
        { ErrorOutputPrefix: "e/!{timestamp:yyyy}/" },
        "ErrorOutputPrefix must contain at least one occurrence of !{firehose:error-output-type}",
      ],
      [
        "the error type in the prefix",
        { Prefix: "!{firehose:error-output-type}/", ErrorOutputPrefix: "!{firehose:error-output-type}" },
        "Prefix must not contain any occurrence of !{firehose:error-output-type}",
      ],
      [
        "partition keys without partitioning",
        { ...partitioned, DynamicPartitioningConfiguration: { Enabled: false } },
        "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is enabled.",
      ],
      [
        "partitioning without partition keys",
        { ...partitioned, Prefix: "plain/" },
        "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled",
      ],
      [
        "partitioning with small buffers",
        { ...partitioned, BufferingHints: { SizeInMBs: 63, IntervalInSeconds: 60 } },
        "BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.",
      ],
      [
        "partitioning without a query",
        partitioned,
        "MetadataExtraction processor should be present when S3 Prefix has partitionKeyFromQuery namespace.",
      ],
      [
        "a query with keys that the prefix does not have",
        { ...partitioned, ProcessingConfiguration: metadata("{p: .a, q: .b}") },
        "MetaDataExtraction JQ Query can't contain keys that are not present in the S3 Prefix expression",
      ],
      [
        "a query that is none",
        { ...partitioned, ProcessingConfiguration: metadata("{p: ") },
        "MetaDataExtraction JQ Query is not a valid JQ expression",
      ],
      [
        "metadata without partitioning",
        { ProcessingConfiguration: metadata("{p: .a}") },
        "class com.amazonaws.services.firehose.internal.model.MetadataExtractionProcessor can only be present when Dynamic Partitioning is enabled.",
      ],
      [
        "a Lambda processor without a function",
        { ProcessingConfiguration: { Enabled: true, Processors: [{ Type: "Lambda" }] } },
        "LambdaArn is required when Lambda processor is used.",
      ],
      [
        "processing without processors",
        { ProcessingConfiguration: { Enabled: true } },
        "A maximum of 5 and a minimum of 1 processor needs to be supplied when processing is enabled.",
      ],
      [
        "a backup without a bucket",
        { S3BackupMode: "Enabled" },
        "S3 backup destination configuration is required when enabling S3 backup.",
      ],
      [
        "logging without a group",
        { CloudWatchLoggingOptions: { Enabled: true } },
        "CloudWatch Log Group Name is required if CloudWatch Logging is enabled",
      ],
    ])("refuses %s", async (_what, settings, message) => {
      expect(await creation(settings)).toBe(`InvalidArgumentException: ${message}`);
    });

    it("leaves the exit code of the process alone when a query is none", async () => {
      const ProcessingConfiguration = metadata("{p: ");
      expect(await creation({ ...partitioned, ProcessingConfiguration })).toContain("not a valid JQ expression");
      expect(process.exitCode).toBeUndefined();
    });

    it("refuses a role that does not trust Firehose", async () => {
      const roleArn = "arn:aws:iam::000000000000:role/function";
      expect(await creation({ RoleARN: roleArn })).toBe(
        `InvalidArgumentException: Firehose is unable to assume role ${roleArn}. Please check the role provided.`,
      );
    });

    it("refuses no destination and two", async () => {
      const message = "InvalidArgumentException: Exactly one destination configuration is supported for a Firehose";
      const both = { S3DestinationConfiguration: { RoleARN: ROLE, BucketARN: bucketArn("b") } };
      expect(await creation({}, { ExtendedS3DestinationConfiguration: undefined })).toBe(message);
      expect(await creation({}, both)).toBe(message);
    });

    it("refuses by name what it does not have", async () => {
      const converted = { DataFormatConversionConfiguration: { Enabled: true } };
      const encrypted = {
        EncryptionConfiguration: {
          KMSEncryptionConfig: { AWSKMSKeyARN: "arn:aws:kms:us-east-1:000000000000:key/k" },
        },
      };
      expect(await creation(converted)).toContain("DataFormatConversionConfiguration is not supported");
      expect(await creation(encrypted)).toContain("KMSEncryptionConfig of EncryptionConfiguration is not supported");
      expect(await creation({ CompressionFormat: "Snappy" })).toContain("CompressionFormat Snappy is not supported");
      expect(await creation({}, { DeliveryStreamType: "MSKAsSource" })).toContain("MSKAsSource is not supported");
      expect(
        await creation(
          {},
          { SplunkDestinationConfiguration: {} as never, ExtendedS3DestinationConfiguration: undefined },
        ),
      ).toMatch(/SplunkDestinationConfiguration|ValidationException/);
    });

    it("wants a source for a stream that has one", async () => {
      expect(await creation({}, { DeliveryStreamType: "KinesisStreamAsSource" })).toBe(
        "InvalidArgumentException: KinesisSourceStreamConfig is mandatory for KinesisStreamAsSource stream type.",
      );
    });
  });

  describe("behaviour", () => {
    it("makes a stream that is CREATING, then ACTIVE, and takes no records before", async () => {
      await firehose.send(
        new CreateDeliveryStreamCommand({
          DeliveryStreamName: "states",
          S3DestinationConfiguration: { RoleARN: ROLE, BucketARN: bucketArn("states") },
        }),
      );
      expect((await aws.describe("states"))?.DeliveryStreamStatus).toBe("CREATING");
      expect(await failure(aws.put("states", "a"))).toBe(
        "ResourceNotFoundException: Firehose states under account 000000000000 not found.",
      );
      await aws.target.clock.advance(0);
      expect((await aws.describe("states"))?.DeliveryStreamStatus).toBe("ACTIVE");
    });

    it("has AWS's defaults, and shows the destination in both forms", async () => {
      await aws.create("defaults");
      const target = {
        RoleARN: ROLE,
        BucketARN: bucketArn("defaults"),
        BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
        CompressionFormat: "UNCOMPRESSED",
        EncryptionConfiguration: { NoEncryptionConfig: "NoEncryption" },
        CloudWatchLoggingOptions: { Enabled: false },
      };
      expect(await aws.describe("defaults")).toEqual({
        DeliveryStreamName: "defaults",
        DeliveryStreamARN: streamArn("defaults"),
        DeliveryStreamStatus: "ACTIVE",
        DeliveryStreamEncryptionConfiguration: { Status: "DISABLED" },
        DeliveryStreamType: "DirectPut",
        VersionId: "1",
        CreateTimestamp: new Date(aws.target.clock.now()),
        Destinations: [
          {
            DestinationId: "destinationId-000000000001",
            S3DestinationDescription: target,
            ExtendedS3DestinationDescription: {
              ...target,
              ProcessingConfiguration: { Enabled: false, Processors: [] },
              S3BackupMode: "Disabled",
            },
          },
        ],
        HasMoreDestinations: false,
      });
    });

    it("refuses a name that is taken", async () => {
      await aws.create("taken");
      expect(await failure(aws.create("taken"))).toBe(
        "ResourceInUseException: Firehose taken under accountId 000000000000 already exists",
      );
    });
  });
});

describe("UpdateDestination", () => {
  describe("behaviour", () => {
    it("keeps what is not given and makes a new version, but not of the same settings", async () => {
      await aws.create("updated", { Prefix: "one/", CompressionFormat: "GZIP" });
      await update("updated", "1", { Prefix: "two/" });
      const described = await aws.describe("updated");
      expect(described?.VersionId).toBe("2");
      expect(described?.LastUpdateTimestamp).toEqual(new Date(aws.target.clock.now()));
      const { Prefix, CompressionFormat } = described?.Destinations?.[0]?.ExtendedS3DestinationDescription ?? {};
      expect({ Prefix, CompressionFormat }).toEqual({ Prefix: "two/", CompressionFormat: "GZIP" });
      await update("updated", "2", { Prefix: "two/" });
      expect((await aws.describe("updated"))?.VersionId).toBe("2");
    });

    it("refuses a version that is not the present one", async () => {
      await aws.create("versions");
      expect(await failure(update("versions", "7", { Prefix: "x/" }))).toBe(
        "ConcurrentModificationException: Cannot update firehose: versions since the current version id: 1 and " +
          "specified version id: 7 do not match",
      );
    });
  });
});

describe("DeleteDeliveryStream", () => {
  describe("behaviour", () => {
    it("leaves nothing of a stream, and its name is free", async () => {
      await aws.stream("deleted", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
      await aws.put("deleted", "gone");
      await firehose.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: "deleted" }));
      expect((await aws.describe("deleted"))?.DeliveryStreamStatus).toBe("DELETING");
      await aws.target.clock.advance(0);
      expect(await failure(aws.describe("deleted"))).toBe(
        "ResourceNotFoundException: Firehose deleted under account 000000000000 not found.",
      );
      await aws.create("deleted", { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } });
      await aws.put("deleted", "kept");
      await aws.target.clock.advance(60_000);
      expect((await aws.object("deleted")).text).toBe("kept");
    });
  });
});

describe("ListDeliveryStreams", () => {
  describe("behaviour", () => {
    it("lists names in order, page by page", async () => {
      for (const name of ["list-c", "list-a", "list-b"]) await aws.create(name);
      const list = (after: string) =>
        firehose.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName: after, Limit: 2 }));
      expect(await list("list-")).toMatchObject({
        DeliveryStreamNames: ["list-a", "list-b"],
        HasMoreDeliveryStreams: true,
      });
      expect((await list("list-b")).DeliveryStreamNames?.[0]).toBe("list-c");
    });
  });
});

describe("TagDeliveryStream", () => {
  describe("behaviour", () => {
    it("adds, replaces, lists and removes tags", async () => {
      await aws.create("tagged", {}, { Tags: [{ Key: "a", Value: "1" }] });
      const DeliveryStreamName = "tagged";
      const Tags = [{ Key: "a", Value: "2" }, { Key: "c", Value: "3" }, { Key: "b" }];
      await firehose.send(new TagDeliveryStreamCommand({ DeliveryStreamName, Tags }));
      const list = (Limit: number) =>
        firehose.send(new ListTagsForDeliveryStreamCommand({ DeliveryStreamName, Limit }));
      expect(await list(2)).toMatchObject({
        Tags: [
          { Key: "a", Value: "2" },
          { Key: "b", Value: "" },
        ],
        HasMoreTags: true,
      });
      await firehose.send(new UntagDeliveryStreamCommand({ DeliveryStreamName, TagKeys: ["a", "b", "z"] }));
      expect(await list(50)).toMatchObject({ Tags: [{ Key: "c", Value: "3" }], HasMoreTags: false });
    });
  });
});

describe("StartDeliveryStreamEncryption", () => {
  describe("behaviour", () => {
    it("goes by ENABLING to ENABLED and back, and puts say so", async () => {
      await aws.create("encrypted");
      const DeliveryStreamName = "encrypted";
      const encryption = async () => (await aws.describe("encrypted"))?.DeliveryStreamEncryptionConfiguration;
      await firehose.send(new StartDeliveryStreamEncryptionCommand({ DeliveryStreamName }));
      expect(await encryption()).toEqual({ KeyType: "AWS_OWNED_CMK", Status: "ENABLING" });
      await aws.target.clock.advance(0);
      expect(await encryption()).toEqual({ KeyType: "AWS_OWNED_CMK", Status: "ENABLED" });
      expect((await aws.put("encrypted", "x")).Encrypted).toBe(true);
      await firehose.send(new StopDeliveryStreamEncryptionCommand({ DeliveryStreamName }));
      expect((await encryption())?.Status).toBe("DISABLING");
      await aws.target.clock.advance(0);
      expect(await encryption()).toEqual({ Status: "DISABLED" });
    });
  });
});

describe("PutRecordBatch", () => {
  describe("validation", () => {
    it("refuses more than 500 records, more than 4 MiB and records over 1,000 KiB", async () => {
      await aws.create("limits");
      const send = (Records: { Data: Uint8Array }[]) =>
        failure(firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: "limits", Records })));
      const record = (bytes: number) => ({ Data: Buffer.alloc(bytes) });
      expect(await send(Array.from({ length: 501 }, () => record(1)))).toContain(
        "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500",
      );
      expect(await send([record(1_024_001)])).toContain("Member must have length less than or equal to 1024000");
      expect(await send(Array.from({ length: 5 }, () => record(900_000)))).toBe(
        "InvalidArgumentException: Records size exceeds 4 MB limit",
      );
      expect(await send([record(1_024_000), record(0)])).toBe("it did not fail");
    });

    it("takes nothing but from CloudWatch Logs when it is to be unpacked", async () => {
      await aws.create("unpacked", {
        ProcessingConfiguration: { Enabled: true, Processors: [{ Type: "Decompression" }] },
      });
      expect(await failure(aws.put("unpacked", "x"))).toBe(
        "InvalidSourceException: Only requests from CloudWatch Logs are supported when CloudWatch Logs decompression is enabled.",
      );
    });

    it("knows no stream that is not there", async () => {
      const put = new PutRecordCommand({ DeliveryStreamName: "nowhere", Record: { Data: Buffer.from("x") } });
      expect(await failure(firehose.send(put))).toBe(
        "ResourceNotFoundException: Firehose nowhere under account 000000000000 not found.",
      );
    });
  });

  describe("behaviour", () => {
    it("answers an id of its own for every record", async () => {
      await aws.create("ids");
      const { FailedPutCount, RequestResponses = [] } = await aws.put("ids", "a", "b", "c");
      expect(FailedPutCount).toBe(0);
      expect(new Set(RequestResponses.map(({ RecordId }) => RecordId)).size).toBe(3);
    });
  });
});

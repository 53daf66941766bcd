import { CreateLogGroupCommand, CreateLogStreamCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { UpdateDestinationCommand } from "@aws-sdk/client-firehose";
import { makeRole } from "../role.ts";
import { eventually } from "../target.ts";
import { bucketArn, FirehoseFixture, functionArn, ROLE, streamArn, transformedBy, type Settings } from "./fixture.ts";

const aws = new FirehoseFixture();

const AT_ONCE = { SizeInMBs: 1, IntervalInSeconds: 0 };

const transformed = (name: string, ...parameters: [string, string][]): Settings => ({
  BufferingHints: AT_ONCE,
  ErrorOutputPrefix: "error/!{firehose:error-output-type}/",
  ProcessingConfiguration: { Enabled: true, Processors: [transformedBy(name, ...parameters)] },
});

/** A function that does with each record what its `answer` says. */
const perRecord = (answer: string) => `
  const answer = ${answer};
  exports.handler = async (event) => ({
    records: event.records.flatMap((record) => answer(record, Buffer.from(record.data, "base64").toString(), event)),
  });`;

interface ErrorLine {
  readonly attemptsMade: number;
  readonly arrivalTimestamp: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attemptEndingTimestamp: number;
  readonly rawData: string;
  readonly lambdaArn: string;
}

const linesOf = (text: string): ErrorLine[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ErrorLine);

/** Steps the time by seconds until the bucket has as many objects, and sorts them into delivered and failed. */
async function outcome(
  bucket: string,
  count: number,
): Promise<{ delivered: string; errors: ErrorLine[]; keys: string[] }> {
  await eventually(`${count} objects in ${bucket}`, async () => {
    await aws.target.clock.advance(1_000);
    return (await aws.keys(bucket)).length >= count ? true : undefined;
  });
  const objects = Object.entries(await aws.objects(bucket, count));
  const isError = ([key]: [string, string]) => key.startsWith("error/");
  return {
    keys: objects.map(([key]) => key),
    delivered: objects
      .filter((object) => !isError(object))
      .map(([, text]) => text)
      .join(""),
    errors: objects.filter(isError).flatMap(([, text]) => linesOf(text)),
  };
}

describe("Lambda transformation", () => {
  describe("the event", () => {
    it("tells of the stream and of each record", async () => {
      await aws.function(
        "event-echo",
        `exports.handler = async (event) => ({ records: event.records.map(({ recordId }) => ({
           recordId, result: "Ok", data: Buffer.from(JSON.stringify(event)).toString("base64") })) });`,
      );
      await aws.stream("event", transformed("event-echo"));
      const arrivedAt = aws.target.clock.now();
      await aws.put("event", "hello");
      const { delivered } = await outcome("event", 1);
      expect(JSON.parse(delivered)).toEqual({
        invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        deliveryStreamArn: streamArn("event"),
        region: "us-east-1",
        records: [
          {
            recordId: expect.stringMatching(/^\d{56}$/) as string,
            approximateArrivalTimestamp: arrivedAt,
            data: Buffer.from("hello").toString("base64"),
          },
        ],
      });
    });

    it("waits for the function's own buffer, and keeps to its size", async () => {
      await aws.function(
        "counting",
        `exports.handler = async (event) => ({ records: event.records.map(({ recordId }, index) => ({ recordId,
           result: index === 0 ? "Ok" : "Dropped",
           data: Buffer.from(event.records.length + "\\n").toString("base64") })) });`,
      );
      await aws.stream("counted", {
        ...transformed("counting"),
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: "Lambda",
              Parameters: [
                { ParameterName: "LambdaArn", ParameterValue: functionArn("counting") },
                { ParameterName: "BufferSizeInMBs", ParameterValue: "0.2" },
                { ParameterName: "BufferIntervalInSeconds", ParameterValue: "60" },
              ],
            },
          ],
        },
      });
      await aws.put("counted", "a");
      await aws.target.clock.advance(59_000);
      expect(await aws.keys("counted")).toEqual([]);
      await aws.target.clock.advance(1_000);
      expect((await outcome("counted", 1)).delivered).toBe("1\n");
      await aws.put("counted", ...Array.from({ length: 6 }, () => Buffer.alloc(60_000)));
      const sizes = await eventually("the second object", async () => {
        await aws.target.clock.advance(1_000);
        const texts = Object.values(await aws.objects("counted", 1));
        return texts.length > 1 ? texts.join("").trim().split("\n").map(Number) : undefined;
      });
      expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 3, 3]);
    });
  });

  describe("results", () => {
    it("delivers Ok, drops Dropped, and describes what failed in the error output", async () => {
      await aws.function(
        "mixed",
        perRecord(`({ recordId, data }, text) => {
          if (text === "drop") return [{ recordId, result: "Dropped" }];
          if (text === "fail") return [{ recordId, result: "ProcessingFailed", data }];
          if (text === "lose") return [{ recordId: "unknown", result: "Ok", data }];
          if (text === "garble") return [{ recordId, result: "Ok", data: "*" }];
          const one = { recordId, result: "Ok", data: Buffer.from(text.toUpperCase() + "\\n").toString("base64") };
          return text === "double" ? [one, one] : [one];
        }`),
      );
      await aws.stream("results", transformed("mixed"));
      const arrivedAt = aws.target.clock.now();
      await aws.put("results", "one", "drop", "fail", "lose", "double", "garble", "two");
      const { delivered, errors, keys } = await outcome("results", 2);
      expect(delivered).toBe("ONE\nTWO\n");
      expect(keys.find((key) => key.startsWith("error/"))).toMatch(/^error\/processing-failed\/results-1-/);
      expect(errors.map(({ errorCode, rawData }) => [Buffer.from(rawData, "base64").toString(), errorCode])).toEqual([
        ["fail", "Lambda.ProcessingFailedStatus"],
        ["lose", "Lambda.MissingRecordId"],
        ["double", "Lambda.DuplicatedRecordId"],
        ["garble", "Lambda.JsonMappingException"],
      ]);
      expect(errors[1]).toEqual({
        attemptsMade: 1,
        arrivalTimestamp: arrivedAt,
        errorCode: "Lambda.MissingRecordId",
        errorMessage:
          "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
        attemptEndingTimestamp: expect.any(Number) as number,
        rawData: Buffer.from("lose").toString("base64"),
        lambdaArn: functionArn("mixed"),
      });
    });

    it("fails the whole batch for an answer of another form", async () => {
      await aws.function("formless", `exports.handler = async () => ({ nothing: true });`);
      await aws.stream("formless", transformed("formless"));
      await aws.put("formless", "a", "b");
      const { errors } = await outcome("formless", 1);
      expect(errors.map(({ errorCode }) => errorCode)).toEqual(Array(2).fill("Lambda.JsonProcessingException"));
    });

    it("tells the error log once what is wrong with an answer, not of records that the function gave up", async () => {
      const names = { logGroupName: "/aws/kinesisfirehose/told", logStreamName: "S3Delivery" };
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: names.logGroupName }));
      await aws.logs.send(new CreateLogStreamCommand(names));
      await aws.function(
        "telling",
        perRecord(`({ recordId, data }, text) => ({
          none: [],
          twice: [{ recordId, data, result: "Ok" }, { recordId, data, result: "Ok" }],
          up: [{ recordId, result: "ProcessingFailed" }],
          ok: [{ recordId, data, result: "Ok" }],
        })[text]`),
      );
      await aws.stream("told", {
        ...transformed("telling"),
        CloudWatchLoggingOptions: {
          Enabled: true,
          LogGroupName: names.logGroupName,
          LogStreamName: names.logStreamName,
        },
      });
      await aws.put("told", "none", "none", "twice", "up", "ok");
      await outcome("told", 2);
      const messages = await eventually("two errors in the log", async () => {
        const { events = [] } = await aws.logs.send(new GetLogEventsCommand(names));
        return events.length >= 2 ? events.map(({ message = "" }) => JSON.parse(message) as object) : undefined;
      });
      const told = {
        deliveryStreamARN: streamArn("told"),
        destination: bucketArn("told"),
        deliveryStreamVersionId: 1,
        processor: expect.stringContaining(functionArn("telling")) as unknown,
      };
      expect(messages).toEqual([
        {
          ...told,
          errorCode: "Lambda.MissingRecordId",
          message:
            "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.",
        },
        {
          ...told,
          errorCode: "Lambda.DuplicatedRecordId",
          message:
            "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.",
        },
      ]);
    });

    it("tries a failing function again, and gives it up after its retries", async () => {
      await aws.function("failing", `exports.handler = async () => { throw new Error("no"); };`);
      await aws.stream("failing", transformed("failing", ["NumberOfRetries", "2"]));
      await aws.put("failing", "a");
      const { errors, delivered } = await outcome("failing", 1);
      expect(delivered).toBe("");
      expect(errors).toMatchObject([
        {
          attemptsMade: 3,
          errorCode: "Lambda.FunctionError",
          errorMessage: "The Lambda function was successfully invoked but it returned an error result.",
        },
      ]);
    });

    it("delivers what a later attempt does", async () => {
      await aws.function(
        "moody",
        `let calls = 0;
         exports.handler = async ({ records }) => {
           if (++calls < 3) throw new Error("not yet");
           return { records: records.map(({ recordId, data }) => ({ recordId, data, result: "Ok" })) };
         };`,
      );
      await aws.stream("moody", transformed("moody"));
      await aws.put("moody", "patience");
      expect(await outcome("moody", 1)).toMatchObject({ delivered: "patience", errors: [] });
    });

    it("says of a function that is not there what it is", async () => {
      await aws.stream("functionless", transformed("not-there", ["NumberOfRetries", "0"]));
      await aws.put("functionless", "a");
      const { errors } = await outcome("functionless", 1);
      expect(errors).toMatchObject([{ attemptsMade: 1, errorCode: "Lambda.ResourceNotFound" }]);
    });

    it("says so when the role may not invoke the function", async () => {
      const role = await makeRole(aws.target.clientConfig(), "writer", {
        service: "firehose.amazonaws.com",
        statements: [
          { Effect: "Allow", Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:PutObject"], Resource: "*" },
        ],
      });
      await aws.function("forbidden", perRecord(`({ recordId, data }) => [{ recordId, data, result: "Ok" }]`));
      await aws.stream("forbidden", { ...transformed("forbidden", ["NumberOfRetries", "0"]), RoleARN: role });
      await aws.put("forbidden", "a");
      const { errors } = await outcome("forbidden", 1);
      expect(errors).toMatchObject([
        {
          errorCode: "Lambda.InvokeAccessDenied",
          errorMessage: "Access was denied. Ensure that the access policy allows access to the Lambda function.",
        },
      ]);
    });

    it("keeps the source records in the backup, also those that are dropped", async () => {
      await aws.function("dropper", perRecord(`({ recordId }) => [{ recordId, result: "Dropped" }]`));
      await aws.bucket("dropped-raw");
      await aws.stream("dropped", {
        ...transformed("dropper"),
        S3BackupMode: "Enabled",
        S3BackupConfiguration: {
          RoleARN: ROLE,
          BucketARN: bucketArn("dropped-raw"),
          BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
        },
      });
      await aws.put("dropped", "all");
      await aws.target.clock.advance(60_000);
      expect((await aws.object("dropped-raw")).text).toBe("all");
      expect(await aws.keys("dropped")).toEqual([]);
    });
  });

  describe("settings", () => {
    it("shows the parameters with AWS's defaults, and can be switched off", async () => {
      const processor = {
        Type: "Lambda" as const,
        Parameters: [{ ParameterName: "LambdaArn" as const, ParameterValue: functionArn("any") }],
      };
      await aws.stream("switched", {
        BufferingHints: AT_ONCE,
        ProcessingConfiguration: { Enabled: true, Processors: [processor] },
      });
      const shown = (await aws.describe("switched"))?.Destinations?.[0]?.ExtendedS3DestinationDescription;
      expect(shown?.ProcessingConfiguration?.Processors?.[0]?.Parameters).toEqual(
        Object.entries({
          LambdaArn: functionArn("any"),
          NumberOfRetries: "3",
          RoleArn: ROLE,
          BufferSizeInMBs: "1",
          BufferIntervalInSeconds: "60",
        }).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue })),
      );
      await aws.firehose.send(
        new UpdateDestinationCommand({
          DeliveryStreamName: "switched",
          CurrentDeliveryStreamVersionId: "1",
          DestinationId: "destinationId-000000000001",
          ExtendedS3DestinationUpdate: { ProcessingConfiguration: { Enabled: false, Processors: [processor] } },
        }),
      );
      await aws.put("switched", "untouched");
      expect((await outcome("switched", 1)).delivered).toBe("untouched");
    });
  });
});

describe("dynamic partitioning", () => {
  const partitioned = (prefix: string, ...processors: object[]): Settings => ({
    Prefix: prefix,
    ErrorOutputPrefix: "error/!{firehose:error-output-type}/",
    BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
    DynamicPartitioningConfiguration: { Enabled: true },
    ProcessingConfiguration: { Enabled: true, Processors: processors as never },
  });
  const jq = (query: string) => ({
    Type: "MetadataExtraction",
    Parameters: [
      { ParameterName: "MetadataExtractionQuery", ParameterValue: query },
      { ParameterName: "JsonParsingEngine", ParameterValue: "JQ-1.6" },
    ],
  });

  it("sorts records by what the query answers; what it does not fit goes to the error output", async () => {
    await aws.stream(
      "by-query",
      partitioned(
        "c=!{partitionKeyFromQuery:c}/y=!{timestamp:yyyy}/",
        { Type: "AppendDelimiterToRecord" },
        jq("{c: .customer.id}"),
      ),
    );
    const record = (id: unknown) => JSON.stringify({ customer: { id } });
    await aws.put("by-query", record("a"), record(7), "no json", record("a"), record(""), "{}");
    const { keys, errors } = await outcome("by-query", 3);
    const texts = await aws.objects("by-query", 3);
    const year = new Date(aws.target.clock.now()).getUTCFullYear();
    const text = (prefix: string) => texts[keys.find((key) => key.startsWith(prefix)) ?? ""];
    expect(text(`c=a/y=${year}/by-query-1-`)).toBe(`${record("a")}\n${record("a")}`);
    expect(text(`c=7/y=${year}/by-query-1-`)).toBe(record(7));
    expect(keys.find((key) => key.startsWith("error/"))).toMatch(/^error\/metadata-extraction-failed\//);
    expect(errors.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      ["DynamicPartitioning.MetadataExtractionFailed", "Non JSON record provided"],
      ["DynamicPartitioning.MetadataExtractionFailed", "partitionKeys values must not be null or empty"],
      ["DynamicPartitioning.MetadataExtractionFailed", "partitionKeys values must not be null or empty"],
    ]);
  });

  it("sorts records by what the function answers", async () => {
    await aws.function(
      "partitioner",
      perRecord(`({ recordId, data }, text) =>
        [{ recordId, data, result: "Ok", metadata: { partitionKeys: { first: text[0] } } }]`),
    );
    await aws.stream("by-lambda", partitioned("!{partitionKeyFromLambda:first}/", transformedBy("partitioner")));
    await aws.put("by-lambda", "ab", "bc", "ad");
    const { keys } = await outcome("by-lambda", 2);
    const texts = await aws.objects("by-lambda", 2);
    expect(keys.map((key) => [key[0], texts[key]])).toEqual([
      ["a", "abad"],
      ["b", "bc"],
    ]);
  });

  it.each([
    ["JSON", '{"k":"x","n":"}{"} {"k":"y"}\n{"k":"x"}', undefined],
    ["DELIMITED", '{"k":"x","n":"}{"}##{"k":"y"}##{"k":"x"}', "##"],
  ])("takes records of several objects apart: %s", async (type, record, delimiter) => {
    const name = `several-${type.toLowerCase()}`;
    const deAggregation = {
      Type: "RecordDeAggregation",
      Parameters: [
        { ParameterName: "SubRecordType", ParameterValue: type },
        ...(delimiter === undefined
          ? []
          : [{ ParameterName: "Delimiter", ParameterValue: Buffer.from(delimiter).toString("base64") }]),
      ],
    };
    await aws.stream(name, partitioned("!{partitionKeyFromQuery:k}/", deAggregation, jq("{k: .k}")));
    await aws.put(name, record);
    const { keys } = await outcome(name, 2);
    const texts = await aws.objects(name, 2);
    expect(keys.map((key) => texts[key])).toEqual(['{"k":"x","n":"}{"}{"k":"x"}', '{"k":"y"}']);
  });

  it("has 500 partitions at a time", async () => {
    await aws.stream("many", partitioned("!{partitionKeyFromQuery:k}/", jq("{k: .k}")));
    await aws.put("many", ...Array.from({ length: 500 }, (_, k) => JSON.stringify({ k })));
    await aws.put("many", JSON.stringify({ k: "one too many" }));
    const { errors } = await outcome("many", 501);
    expect(errors.map(({ errorCode }) => errorCode)).toEqual(["DynamicPartitioning.ActivePartitionsLimitExceeded"]);
  }, 60_000);
});

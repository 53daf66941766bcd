import { beforeAll, describe, expect, it } from "@jest/globals";
import { DeleteStreamCommand, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type UpdateEventSourceMappingCommandInput,
} from "@aws-sdk/client-lambda";
import { authorization } from "../raw-request.ts";
import { type Consumer, keys, MappingFixture } from "./event-source-mapping-fixture.ts";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";

describe("event source mappings", () => {
  const aws = MappingFixture.use();
  let stream: string;
  let consumer: Consumer;

  beforeAll(async () => {
    stream = await aws.stream("operations");
    await aws.bucket("failures");
    consumer = await aws.consumer("operations");
  });

  const create = (input: Partial<CreateEventSourceMappingCommandInput> = {}) =>
    aws.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: consumer.functionName,
        EventSourceArn: stream,
        StartingPosition: "TRIM_HORIZON",
        ...input,
      }),
    );
  const update = (input: UpdateEventSourceMappingCommandInput) =>
    aws.lambda.send(new UpdateEventSourceMappingCommand(input));
  const untilGone = (uuid: string) =>
    aws.stepUntil(
      "the mapping is gone",
      () =>
        aws.describe(uuid).then(
          () => undefined,
          () => true,
        ),
      0,
    );
  const remove = async (uuid: string) => {
    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
    await untilGone(uuid);
  };

  describe("CreateEventSourceMapping", () => {
    describe("serialization", () => {
      const post = async (body: string, path = "/2015-03-31/event-source-mappings") => {
        const response = await fetch(`${aws.target.endpoint}${path}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: authorization("lambda"),
          },
          body,
        });
        return {
          status: response.status,
          error: response.headers.get("x-amzn-errortype"),
          text: await response.text(),
        };
      };

      it.each([
        '{"BatchSize":"10"}',
        '{"Enabled":1}',
        '{"FunctionResponseTypes":"x"}',
        '{"DestinationConfig":[]}',
        "{",
      ])("refuses %s", async (body) => {
        expect(await post(body)).toMatchObject({
          status: 400,
          error: expect.stringContaining("SerializationException"),
        });
      });

      it("takes the path with a slash at its end too, as older SDKs send it", async () => {
        const answer = await post('{"FunctionName":"operations"}', "/2015-03-31/event-source-mappings/");
        expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("Unrecognized event source.") });
      });
    });

    describe("validation", () => {
      it.each<[string, Partial<CreateEventSourceMappingCommandInput>, string, string | RegExp]>([
        [
          "an unknown starting position",
          { StartingPosition: "NOW" as "LATEST" },
          "ValidationException",
          /at 'startingPosition' failed to satisfy constraint/,
        ],
        [
          "no starting position",
          { StartingPosition: undefined },
          "InvalidParameterValueException",
          "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
        ],
        [
          "no timestamp for AT_TIMESTAMP",
          { StartingPosition: "AT_TIMESTAMP" },
          "InvalidParameterValueException",
          /startingPositionTimestamp/,
        ],
        [
          "a timestamp in the future",
          { StartingPosition: "AT_TIMESTAMP", StartingPositionTimestamp: new Date(4e12) },
          "InvalidParameterValueException",
          /cannot be in the future/,
        ],
        [
          "a timestamp for another position",
          { StartingPositionTimestamp: new Date(0) },
          "InvalidParameterValueException",
          /AT_TIMESTAMP/,
        ],
        [
          "a batch size of 0",
          { BatchSize: 0 },
          "ValidationException",
          /at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1/,
        ],
        ["a batch size over 10,000", { BatchSize: 10_001 }, "ValidationException", /less than or equal to 10000/],
        [
          "a window over 300 seconds",
          { MaximumBatchingWindowInSeconds: 301 },
          "ValidationException",
          /less than or equal to 300/,
        ],
        [
          "a parallelization factor over 10",
          { ParallelizationFactor: 11 },
          "ValidationException",
          /less than or equal to 10/,
        ],
        ["retries below -1", { MaximumRetryAttempts: -2 }, "ValidationException", /greater than or equal to -1/],
        [
          "a record age under a minute",
          { MaximumRecordAgeInSeconds: 59 },
          "InvalidParameterValueException",
          /MaximumRecordAgeInSeconds/,
        ],
        [
          "no event source",
          { EventSourceArn: undefined },
          "InvalidParameterValueException",
          "Unrecognized event source.",
        ],
        [
          "an event source that is none",
          { EventSourceArn: "arn:aws:s3:::bucket" },
          "InvalidParameterValueException",
          "Unrecognized event source.",
        ],
        [
          "a function that does not exist",
          { FunctionName: "nobody" },
          "InvalidParameterValueException",
          "Function does not exist",
        ],
        [
          "a stream that does not exist",
          { EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/none" },
          "InvalidParameterValueException",
          "Stream not found: arn:aws:kinesis:us-east-1:000000000000:stream/none",
        ],
        [
          "a queue for failures that does not exist",
          { DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:none" } } },
          "InvalidParameterValueException",
          "The destination ARN arn:aws:sqs:us-east-1:000000000000:none is invalid.",
        ],
        [
          "a FIFO queue for failures",
          { DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:failures.fifo" } } },
          "InvalidParameterValueException",
          "FIFO queues and topics are not supported as destinations: arn:aws:sqs:us-east-1:000000000000:failures.fifo.",
        ],
        [
          "a FIFO topic for failures",
          { DestinationConfig: { OnFailure: { Destination: "arn:aws:sns:us-east-1:000000000000:failures.fifo" } } },
          "InvalidParameterValueException",
          "FIFO queues and topics are not supported as destinations: arn:aws:sns:us-east-1:000000000000:failures.fifo.",
        ],
        [
          "a bucket for failures that does not exist",
          { DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::no-such-bucket" } } },
          "InvalidParameterValueException",
          "The destination ARN arn:aws:s3:::no-such-bucket is invalid.",
        ],
        [
          "a consumer that does not exist",
          { EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/operations/consumer/none:1700000000" },
          "InvalidParameterValueException",
          "Stream not found: arn:aws:kinesis:us-east-1:000000000000:stream/operations/consumer/none:1700000000",
        ],
        [
          "a table's stream that does not exist",
          { EventSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01T00:00:00.000" },
          "InvalidParameterValueException",
          "Stream not found: arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01T00:00:00.000",
        ],
        [
          "a timestamp to begin at in a table's stream",
          {
            EventSourceArn: "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01T00:00:00.000",
            StartingPosition: "AT_TIMESTAMP",
            StartingPositionTimestamp: new Date(0),
          },
          "InvalidParameterValueException",
          "Unsupported starting position for arn type: arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2026-01-01T00:00:00.000",
        ],
        [
          "tumbling windows of batches that run at the same time",
          { TumblingWindowInSeconds: 30, ParallelizationFactor: 2 },
          "InvalidParameterValueException",
          "ParallelizationFactor must be 1 when TumblingWindowInSeconds is set.",
        ],
        [
          "a tumbling window over 15 minutes",
          { TumblingWindowInSeconds: 901 },
          "ValidationException",
          /less than or equal to 900/,
        ],
        [
          "concurrency of a stream",
          { ScalingConfig: { MaximumConcurrency: 2 } },
          "InvalidParameterValueException",
          "ScalingConfig isn't supported for this event source type",
        ],
        [
          "a filter of data as text",
          { FilterCriteria: { Filters: [{ Pattern: '{"data":["text"]}' }] } },
          "InvalidParameterValueException",
          "Invalid filter pattern definition.",
        ],
        [
          "a destination for successes",
          { DestinationConfig: { OnSuccess: { Destination: "arn:aws:s3:::bucket" } } },
          "InvalidParameterValueException",
          "Unsupported DestinationConfig parameter for given event source mapping type.",
        ],
      ])("refuses %s", async (_, input, name, message) => {
        await expect(create(input)).rejects.toMatchObject({
          name,
          message: typeof message === "string" ? message : expect.stringMatching(message),
        });
      });
    });

    describe("behaviour", () => {
      it.each<[string, Partial<CreateEventSourceMappingCommandInput>, RegExp]>([
        ["provisioned pollers", { ProvisionedPollerConfig: { MinimumPollers: 1 } }, /ProvisionedPollerConfig/],
        ["Kafka's metrics", { MetricsConfig: { Metrics: ["EventCount", "KafkaMetrics"] } }, /KafkaMetrics metrics/],
        ["logging", { LoggingConfig: { SystemLogLevel: "INFO" } }, /LoggingConfig/],
        ["customer keys", { KMSKeyArn: "arn:aws:kms:us-east-1:000000000000:key/1" }, /KMSKeyArn/],
      ])("refuses %s by name", async (_, input, message) => {
        await expect(create(input)).rejects.toThrow(message);
      });

      it("answers every setting with its default, Creating, then becomes Enabled", async () => {
        const { $metadata, ...created } = await create();
        expect($metadata.httpStatusCode).toBe(202);
        expect(created).toEqual({
          UUID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${created.UUID}`,
          EventSourceArn: stream,
          FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:operations",
          StartingPosition: "TRIM_HORIZON",
          BatchSize: 100,
          MaximumBatchingWindowInSeconds: 0,
          ParallelizationFactor: 1,
          MaximumRetryAttempts: -1,
          MaximumRecordAgeInSeconds: -1,
          BisectBatchOnFunctionError: false,
          TumblingWindowInSeconds: 0,
          FunctionResponseTypes: [],
          DestinationConfig: { OnFailure: {} },
          State: "Creating",
          StateTransitionReason: "User action",
          LastProcessingResult: "No records processed",
          LastModified: new Date(Math.floor(aws.target.clock.now())),
        });
        await aws.state(created.UUID ?? "", "Enabled");
        await remove(created.UUID ?? "");
      });

      it("keeps every setting that it is given", async () => {
        const given = {
          BatchSize: 7,
          MaximumBatchingWindowInSeconds: 3,
          TumblingWindowInSeconds: 900,
          FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["a"]}}' }] },
          MetricsConfig: { Metrics: ["EventCount" as const] },
          MaximumRetryAttempts: 5,
          MaximumRecordAgeInSeconds: 60,
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ["ReportBatchItemFailures" as const],
          DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::failures" } },
          StartingPosition: "AT_TIMESTAMP" as const,
          StartingPositionTimestamp: new Date(1_700_000_000_000),
        };
        const uuid = (await create({ ...given, Enabled: false })).UUID ?? "";
        await aws.state(uuid, "Disabled");
        expect(await aws.describe(uuid)).toMatchObject(given);
        await remove(uuid);
      });

      it("says what is wrong with a request also where the mapping exists already", async () => {
        const EventSourceArn = await aws.stream("again");
        const { UUID = "" } = await create({ EventSourceArn });
        await aws.state(UUID, "Enabled");
        const refused = { name: "InvalidParameterValueException" };
        await expect(create({ EventSourceArn, MaximumRecordAgeInSeconds: 59 })).rejects.toMatchObject(refused);
        await expect(create({ EventSourceArn, StartingPosition: "AT_TIMESTAMP" })).rejects.toMatchObject(refused);
        await aws.kinesis.send(new DeleteStreamCommand({ StreamName: "again" }));
        await aws.stepUntil("the stream is gone", async () =>
          (await aws.kinesis.send(new ListStreamsCommand({}))).StreamNames?.includes("again") ? undefined : true,
        );
        await expect(create({ EventSourceArn })).rejects.toMatchObject({
          ...refused,
          message: `Stream not found: ${EventSourceArn}`,
        });
        await remove(UUID);
      });

      it("refuses a second mapping of the same stream and function", async () => {
        const { UUID = "" } = await create();
        await aws.state(UUID, "Enabled");
        await expect(create()).rejects.toMatchObject({
          name: "ResourceConflictException",
          message:
            `The event source arn (" ${stream} ") and function (" operations ") provided mapping already exists. ` +
            `Please update or delete the existing mapping with UUID ${UUID}`,
        });
        await remove(UUID);
      });
    });
  });

  describe("GetEventSourceMapping", () => {
    it("says that it does not know a mapping", async () => {
      await expect(aws.lambda.send(new GetEventSourceMappingCommand({ UUID: UNKNOWN }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "The resource you requested does not exist.",
      });
    });
  });

  describe("ListEventSourceMappings", () => {
    it("pages, and filters by stream and by function", async () => {
      const other = await aws.stream("operations-other");
      const created = [await create(), await create({ EventSourceArn: other })];
      const uuids = created.map(({ UUID = "" }) => UUID).toSorted();
      const list = async (input: object) => {
        const page = await aws.lambda.send(new ListEventSourceMappingsCommand(input));
        return { uuids: page.EventSourceMappings?.map((mapping) => mapping.UUID), marker: page.NextMarker };
      };
      expect((await list({})).uuids).toEqual(uuids);
      expect((await list({ EventSourceArn: other })).uuids).toHaveLength(1);
      expect((await list({ FunctionName: "operations" })).uuids).toEqual(uuids);
      expect((await list({ FunctionName: "000000000000:function:operations" })).uuids).toEqual(uuids);
      expect((await list({ FunctionName: "other" })).uuids).toEqual([]);

      const first = await list({ MaxItems: 1 });
      expect(first.uuids).toEqual(uuids.slice(0, 1));
      const second = await list({ MaxItems: 1, Marker: first.marker });
      expect(second).toEqual({ uuids: uuids.slice(1), marker: undefined });
      for (const uuid of uuids) {
        await aws.state(uuid, "Enabled");
        await remove(uuid);
      }
    });

    it("refuses a marker that is none", async () => {
      await expect(aws.lambda.send(new ListEventSourceMappingsCommand({ Marker: "?" }))).rejects.toMatchObject({
        name: "InvalidParameterValueException",
      });
    });
  });

  describe("UpdateEventSourceMapping", () => {
    it("says that it does not know a mapping", async () => {
      await expect(update({ UUID: UNKNOWN })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });

    it("changes what is given and keeps the rest", async () => {
      const uuid = await aws.mapping({ FunctionName: "operations", EventSourceArn: stream, BatchSize: 7 });
      const changed = await update({ UUID: uuid, MaximumRetryAttempts: 3 });
      expect(changed).toMatchObject({ State: "Updating", BatchSize: 7, MaximumRetryAttempts: 3 });
      await aws.state(uuid, "Enabled");
      await update({ UUID: uuid, DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::failures" } } });
      await aws.state(uuid, "Enabled");
      await update({ UUID: uuid, DestinationConfig: { OnFailure: { Destination: "" } } });
      await aws.state(uuid, "Enabled");
      expect((await aws.describe(uuid)).DestinationConfig).toEqual({ OnFailure: {} });
      await remove(uuid);
    });

    it("switches off and on again, and goes on where it was", async () => {
      const { functionName, delivered } = await aws.consumer("switched");
      const arn = await aws.stream("switched");
      const uuid = await aws.mapping({ FunctionName: functionName, EventSourceArn: arn });
      const before = await aws.put("switched", keys(2));
      await aws.stepUntil("the first two", () => delivered().length === 2 || undefined);
      expect((await update({ UUID: uuid, Enabled: false })).State).toBe("Disabling");
      await aws.state(uuid, "Disabled");
      const meanwhile = await aws.put("switched", keys(3));
      expect((await update({ UUID: uuid, Enabled: true })).State).toBe("Enabling");
      await aws.stepUntil("the next three", () => delivered().length === 5 || undefined);
      expect(delivered()).toEqual([...before, ...meanwhile]);
    });

    it("hands the stream to another function", async () => {
      const [first, second] = [await aws.consumer("handed-1"), await aws.consumer("handed-2")];
      const arn = await aws.stream("handed");
      const uuid = await aws.mapping({ FunctionName: first.functionName, EventSourceArn: arn });
      await aws.put("handed", keys(2));
      await aws.stepUntil("the first two", () => first.delivered().length === 2 || undefined);
      await aws.result(uuid, "OK");
      await update({ UUID: uuid, FunctionName: second.functionName });
      await aws.state(uuid, "Enabled");
      const next = await aws.put("handed", keys(1));
      await aws.stepUntil("the next", () => second.delivered().length === 1 || undefined);
      expect(second.delivered()).toEqual(next);
    });
  });

  describe("DeleteEventSourceMapping", () => {
    it("says that it does not know a mapping", async () => {
      await expect(aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: UNKNOWN }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
    });

    it("is Deleting, then gone, and nothing more is delivered", async () => {
      const { functionName, delivered } = await aws.consumer("deleted");
      const arn = await aws.stream("deleted");
      const uuid = await aws.mapping({ FunctionName: functionName, EventSourceArn: arn });
      await aws.put("deleted", keys(1));
      await aws.stepUntil("the first", () => delivered().length === 1 || undefined);
      const deleting = await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
      expect(deleting).toMatchObject({ UUID: uuid, State: "Deleting" });
      await untilGone(uuid);
      await aws.put("deleted", keys(1));
      await aws.target.clock.advance(5000);
      expect(delivered()).toHaveLength(1);
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { AwsError } from "../../../emulator/model/errors.ts";
import { FunctionError, type KinesisEvent } from "./fake-aws.ts";
import { keys, MappingHarness, sequenceNumbers } from "./mapping-harness.ts";

const bucket = "arn:aws:s3:::failures";

describe("MappingEngine", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  describe("failures", () => {
    it("are retried with growing waits, then given up, and the shard goes on", async () => {
      const put = run.aws.put("shard-0", keys(3));
      const calls: number[] = [];
      const batches = run.collect((event) => {
        const isFirst = sequenceNumbers(event).includes(put[0] as string);
        if (isFirst) calls.push(run.aws.clock.now());
        return isFirst;
      });
      const mapping = await run.create({ batchSize: 2, maximumRetryAttempts: 2 });
      await run.aws.stepUntil("the third record", () => batches.length === 1, 50);
      expect(batches).toEqual([[put[2]]]);
      expect(calls.map((at) => at - (calls[0] as number))).toEqual([0, 100, 300]);
      await run.aws.rest();
      expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put[2] });
    });

    it("are retried with growing waits also when a partial answer gets nowhere", async () => {
      run.aws.put("shard-0", keys(3));
      const calls: number[] = [];
      run.aws.handler = (event) => {
        calls.push(run.aws.clock.now());
        return { batchItemFailures: [{ itemIdentifier: sequenceNumbers(event)[0] }] };
      };
      await run.create({ reportBatchItemFailures: true });
      await run.aws.stepUntil("the sixth attempt", () => calls.length === 6, 100);
      expect(calls.map((at) => at - (calls[0] as number))).toEqual([0, 100, 300, 700, 1500, 3100]);
    });

    it("begin with a short wait again once a partial answer got on", async () => {
      run.aws.put("shard-0", keys(3));
      const calls: number[] = [];
      run.aws.handler = (event) => {
        calls.push(run.aws.clock.now());
        // at its third attempt the first record is done
        const itemIdentifier = sequenceNumbers(event)[calls.length === 3 ? 1 : 0];
        return { batchItemFailures: [{ itemIdentifier }] };
      };
      await run.create({ reportBatchItemFailures: true });
      await run.aws.stepUntil("the fifth attempt", () => calls.length === 5, 50);
      expect(calls.map((at) => at - (calls[0] as number))).toEqual([0, 100, 300, 400, 600]);
    });

    it("begin with a short wait again for each part that a batch was split into", async () => {
      run.aws.put("shard-0", keys(2));
      const calls: number[] = [];
      run.aws.handler = () => {
        calls.push(run.aws.clock.now());
        throw new FunctionError("bad");
      };
      await run.create({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 2 });
      await run.aws.stepUntil("both are given up", () => calls.length === 7, 50);
      expect(calls.map((at) => at - (calls[0] as number))).toEqual([0, 0, 100, 300, 300, 400, 600]);
    });

    it("leave one object in the destination bucket with where and what it was", async () => {
      const put = run.aws.put("shard-0", ["a", "b"]);
      run.collect(() => true);
      const mapping = await run.create({ maximumRetryAttempts: 1, onFailureDestination: bucket });
      await run.aws.stepUntil("the object", () => run.aws.objects.size === 1);
      const [[key, text]] = [...run.aws.objects] as [[string, string]];
      expect(key).toMatch(
        new RegExp(
          `^aws/lambda/${mapping.uuid}/shard-0/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
        ),
      );
      const { payload, timestamp, ...document } = JSON.parse(text) as { payload: string; timestamp: string };
      expect(document).toEqual({
        requestContext: {
          requestId: "request-id",
          functionArn: mapping.functionArn,
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        KinesisBatchInfo: {
          shardId: "shard-0",
          startSequenceNumber: put[0],
          endSequenceNumber: put[1],
          approximateArrivalOfFirstRecord: "2026-01-01T00:00:00.000Z",
          approximateArrivalOfLastRecord: "2026-01-01T00:00:00.000Z",
          batchSize: 2,
          streamArn: mapping.eventSourceArn,
        },
      });
      expect(sequenceNumbers(JSON.parse(payload) as KinesisEvent)).toEqual(put);
      expect(timestamp).toMatch(/^2026-01-01T00:00:0\d\.\d{3}Z$/);
    });

    it("are not lost while the destination cannot be written to", async () => {
      run.aws.put("shard-0", keys(1));
      run.collect(() => true);
      run.aws.beforeS3 = () => {
        throw new Error("no such bucket");
      };
      const mapping = await run.create({ maximumRetryAttempts: 0, onFailureDestination: bucket });
      await run.aws.stepUntil(
        "the report",
        () => run.now(mapping)?.lastProcessingResult.includes("destination") === true,
      );
      expect(run.position(mapping)).toEqual({ kind: "horizon" });
      run.aws.beforeS3 = () => {};
      await run.aws.stepUntil("the object", () => run.aws.objects.size === 1);
      await run.aws.until("checkpoint", () => run.position(mapping)?.kind === "after");
    });

    it("isolate a bad record by bisecting; its neighbours are delivered once", async () => {
      const put = run.aws.put("shard-0", keys(16));
      const bad = put[11] as string;
      const batches = run.collect((event) => sequenceNumbers(event).includes(bad));
      await run.create({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 1, onFailureDestination: bucket });
      await run.aws.stepUntil("all others", () => batches.flat().length === 15);
      expect(batches.flat()).toEqual(put.filter((sequenceNumber) => sequenceNumber !== bad));
      const [object] = [...run.aws.objects.values()].map((text) => JSON.parse(text) as { KinesisBatchInfo: object });
      expect(object?.KinesisBatchInfo).toMatchObject({
        startSequenceNumber: bad,
        endSequenceNumber: bad,
        batchSize: 1,
      });
    });

    it("of part of a batch move the checkpoint to the first failed record", async () => {
      const put = run.aws.put("shard-0", keys(10));
      const seen: string[][] = [];
      run.aws.handler = (event) => {
        seen.push(sequenceNumbers(event));
        return seen.length === 1
          ? { batchItemFailures: [{ itemIdentifier: put[8] }, { itemIdentifier: put[4] }] }
          : null;
      };
      const mapping = await run.create({ reportBatchItemFailures: true });
      await run.aws.until("first", () => run.position(mapping)?.kind === "after");
      expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put[3] });
      await run.aws.stepUntil("second", () => seen.length === 2);
      expect(seen[1]).toEqual(put.slice(4));
    });

    it("do not use up retries when the function is throttled", async () => {
      run.aws.put("shard-0", keys(1));
      let throttled = 0;
      const batches = run.collect();
      const deliver = run.aws.handler;
      run.aws.handler = (event, request) => {
        if (throttled++ < 5) throw new AwsError({ code: "TooManyRequestsException", status: 429 }, "Rate Exceeded.");
        return deliver(event, request);
      };
      const mapping = await run.create({ maximumRetryAttempts: 0 });
      await run.aws.until("throttled", () => throttled === 1);
      await run.aws.rest();
      expect(run.now(mapping)?.lastProcessingResult).toBe(
        "PROBLEM: Function cannot be invoked: TooManyRequestsException: Rate Exceeded.",
      );
      await run.aws.stepUntil("delivered", () => batches.length === 1);
    });

    it("give up records beyond the maximum age, the younger ones are delivered", async () => {
      const old = run.aws.put("shard-0", keys(2));
      await run.aws.clock.advance(50_000);
      const young = run.aws.put("shard-0", keys(2));
      const batches = run.collect(() => run.aws.clock.now() < Date.UTC(2026, 0, 1, 0, 1, 5));
      await run.create({ maximumRecordAgeInSeconds: 60, onFailureDestination: bucket });
      await run.aws.stepUntil("the young", () => batches.length === 1, 500);
      expect(batches).toEqual([young]);
      const [object] = [...run.aws.objects.values()].map((text) => JSON.parse(text) as Record<string, object>);
      expect(object?.["requestContext"]).toMatchObject({ condition: "RecordAgeExceeded" });
      expect(object?.["KinesisBatchInfo"]).toMatchObject({ startSequenceNumber: old[0], endSequenceNumber: old[1] });
    });

    it("end with the stream's retention when nothing else is set", async () => {
      run.aws.put("shard-0", keys(1));
      const batches = run.collect((event) => event.Records[0]?.kinesis.partitionKey === "k0");
      await run.create({ onFailureDestination: bucket });
      await run.aws.rest();
      await run.aws.clock.advance(12 * 3_600_000);
      run.aws.put("shard-0", ["next"]);
      await run.aws.stepUntil("given up", () => batches.length === 1, 3_600_000);
      expect(run.aws.clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 2));
    });
  });
});

import { describe, expect, it } from "@jest/globals";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { useClient } from "../../target.ts";
import { type Consumer, MappingFixture } from "../event-source-mapping-fixture.ts";
import { putInto, tableWithStream } from "./table-fixture.ts";

const filters = (...patterns: readonly object[]) => ({
  FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
});

/** What happened to which item, in order. */
const changes = ({ events }: Pick<Consumer<DynamoDBStreamEvent>, "events">): string[] =>
  events.flatMap(({ Records }) =>
    Records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.["id"]?.S}`),
  );

/** What users of other emulators found missing, and the filters of AWS's pages. */
describe("a mapping of a DynamoDB stream", () => {
  const aws = MappingFixture.use();
  const dynamodb = useClient(new DynamoDBClient(aws.target.clientConfig()));

  /** A table with a stream, and a function of the same name. */
  const setUp = async (name: string) => {
    const EventSourceArn = await tableWithStream(aws, dynamodb, name);
    const consumer = await aws.consumer<DynamoDBStreamEvent>(name);
    return { ...consumer, names: { FunctionName: name, EventSourceArn }, put: putInto(dynamodb, name) };
  };

  const whenGiven = (consumer: Pick<Consumer<DynamoDBStreamEvent>, "events">, change: string) =>
    aws.stepUntil(`${change} is delivered`, () => (changes(consumer).includes(change) ? true : undefined));

  it("delivers each change once, several functions each", async () => {
    const first = await setUp("orders");
    const second = await aws.consumer<DynamoDBStreamEvent>("orders-too");
    await aws.mapping({ ...first.names, StartingPosition: "LATEST" });
    await aws.mapping({ ...first.names, FunctionName: "orders-too", StartingPosition: "LATEST" });
    for (const id of ["a", "b", "c"]) await first.put(id);
    await first.put("a", { again: { BOOL: true } });
    await first.put("d");
    const expected = ["INSERT a", "INSERT b", "INSERT c", "INSERT d", "MODIFY a"];
    for (const consumer of [first, second]) {
      await aws.stepUntil("all changes are delivered", () => (changes(consumer).length >= 5 ? true : undefined));
      expect(changes(consumer).toSorted()).toEqual(expected);
    }
  });

  it("goes on after hours in which nothing came", async () => {
    const consumer = await setUp("idle-table");
    await aws.mapping({ ...consumer.names, StartingPosition: "LATEST" });
    await consumer.put("before");
    await whenGiven(consumer, "INSERT before");
    for (let hour = 0; hour < 6; hour++) await aws.target.clock.advance(3_600_000);
    await consumer.put("after");
    await whenGiven(consumer, "INSERT after");
    expect(changes(consumer)).toEqual(["INSERT before", "INSERT after"]);
  });

  it.each<[string, object, string[]]>([
    ["the kind of change", { eventName: ["INSERT"] }, ["INSERT a", "INSERT b", "INSERT c"]],
    [
      "the kind of change and an attribute",
      { eventName: ["INSERT"], dynamodb: { NewImage: { sendMail: { BOOL: [true] } } } },
      ["INSERT b"],
    ],
    ["a key", { dynamodb: { Keys: { id: { S: ["a"] } } } }, ["INSERT a", "MODIFY a"]],
    [
      "an attribute that is not there",
      { dynamodb: { NewImage: { sendMail: { BOOL: [{ exists: false }] } } } },
      ["INSERT a", "MODIFY a"],
    ],
    ["what was before", { dynamodb: { OldImage: { n: { N: ["42"] } } } }, ["MODIFY a"]],
    ["numbers, which are text", { dynamodb: { NewImage: { n: { N: [{ numeric: [">", 0] }] } } } }, []],
    [
      "the time, which is a number",
      { dynamodb: { ApproximateCreationDateTime: [{ numeric: [">", 0] }] } },
      ["INSERT a", "INSERT b", "INSERT c", "MODIFY a"],
    ],
    ["an attribute without its type", { dynamodb: { NewImage: { sendMail: [true] } } }, []],
    [
      "either of two attributes",
      { dynamodb: { NewImage: { $or: [{ n: { N: ["43"] } }, { sendMail: { BOOL: [false] } }] } } },
      ["INSERT c", "MODIFY a"],
    ],
  ])("filters by %s", async (what, pattern, expected) => {
    const consumer = await setUp(`filter-by-${what.replaceAll(/\W+/g, "-")}`);
    await aws.mapping({ ...consumer.names, ...filters(pattern, { dynamodb: { Keys: { id: { S: ["last"] } } } }) });
    await consumer.put("a", { n: { N: "42" } });
    await consumer.put("b", { sendMail: { BOOL: true } });
    await consumer.put("c", { sendMail: { BOOL: false } });
    await consumer.put("a", { n: { N: "43" } });
    await consumer.put("last", { sendMail: { BOOL: true } });
    await whenGiven(consumer, "INSERT last");
    // shards are read beside each other
    await aws.stepUntil("the others are delivered", () =>
      changes(consumer).length > expected.length ? true : undefined,
    );
    const others = changes(consumer).filter((change) => change !== "INSERT last");
    expect(others.toSorted()).toEqual(expected);
  });

  it("takes another filter without losing or repeating a change", async () => {
    const consumer = await setUp("refiltered");
    const UUID = await aws.mapping({ ...consumer.names, ...filters({ eventName: ["MODIFY"] }) });
    await consumer.put("a");
    await consumer.put("a", { n: { N: "1" } });
    await whenGiven(consumer, "MODIFY a");
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...filters({ eventName: ["INSERT"] }) }));
    await aws.state(UUID, "Enabled");
    await consumer.put("b");
    await whenGiven(consumer, "INSERT b");
    expect(changes(consumer)).toEqual(["MODIFY a", "INSERT b"]);
  });

  it("tries again from the change on that a partial answer names", async () => {
    const consumer = await setUp("partial-table");
    // changes of one item are in one shard
    await consumer.put("a", { n: { N: "1" } });
    await consumer.put("a", { n: { N: "2" } });
    await consumer.put("a", { n: { N: "3" } });
    consumer.behave(({ Records }) => {
      const second = Records.find((record) => record.dynamodb?.NewImage?.["n"]?.N === "2")?.dynamodb?.SequenceNumber;
      return consumer.events.length === 1 ? { result: { batchItemFailures: [{ itemIdentifier: second }] } } : undefined;
    });
    await aws.mapping({ ...consumer.names, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    await aws.stepUntil("the second attempt", () => (consumer.events.length >= 2 ? true : undefined));
    expect(changes(consumer)).toEqual(["INSERT a", "MODIFY a", "MODIFY a", "MODIFY a", "MODIFY a"]);
  });

  it("leaves what was given up in the bucket, with the event itself", async () => {
    const consumer = await setUp("given-up");
    consumer.behave(() => ({ error: "not this one" }));
    const bucket = await aws.bucket("given-up-changes");
    await consumer.put("bad");
    const UUID = await aws.mapping({
      ...consumer.names,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: bucket } },
    });
    const objects = await aws.stepUntil("the bucket has the failure", async () => {
      const found = await aws.objects("given-up-changes");
      return found.size > 0 ? found : undefined;
    });
    const [[key, document] = ["", {}]] = [...objects];
    expect(key).toMatch(
      new RegExp(
        `^aws/lambda/${UUID}/shardId-[\\w-]+/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
      ),
    );
    expect(document).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
      DDBStreamBatchInfo: { batchSize: 1, streamArn: consumer.names.EventSourceArn },
    });
    expect(JSON.parse(String(document["payload"]))).toEqual(consumer.events[0]);
  });

  it("sends the rest of a partial failure to the queue for failures", async () => {
    const sqs = new SQSClient(aws.target.clientConfig());
    await sqs.send(new CreateQueueCommand({ QueueName: "table-failures" }));
    const consumer = await setUp("partly-failing-table");
    consumer.behave(({ Records }) => {
      const bad = Records.find((record) => record.dynamodb?.Keys?.["id"]?.S === "bad");
      return bad && { result: { batchItemFailures: [{ itemIdentifier: bad.dynamodb?.SequenceNumber }] } };
    });
    await consumer.put("bad");
    await aws.mapping({
      ...consumer.names,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:table-failures" } },
    });
    const QueueUrl = `${aws.target.endpoint}/000000000000/table-failures`;
    const body = await aws.stepUntil("the queue has the failure", async () => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      return Messages?.[0]?.Body;
    });
    const sequenceNumber = consumer.events[0]?.Records[0]?.dynamodb?.SequenceNumber;
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 1 },
      DDBStreamBatchInfo: {
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        batchSize: 1,
        streamArn: consumer.names.EventSourceArn,
      },
    });
    sqs.destroy();
  });

  it("refuses a filter whose pattern for dynamodb is no object", async () => {
    const { names } = await setUp("refusing");
    const input = { ...names, StartingPosition: "LATEST" as const, ...filters({ dynamodb: ["x"] }) };
    await expect(aws.lambda.send(new CreateEventSourceMappingCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "Invalid filter pattern definition.",
    });
  });
});

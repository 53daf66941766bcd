import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { failuresOf } from "../../e2e/stored.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { type Bench, check } from "./check.ts";

const TO_BE_HALVED = ["good", "bad", "good"];
const SLOW = Array.from({ length: 5 }, () => "slow");

/** Puts records of several partition keys on a stream of the stack, in this order. */
async function put({ target, stack }: Bench, stream: string, texts: readonly string[]): Promise<void> {
  const client = kinesisClient(target.clientConfig);
  await client.send(
    new PutRecordsCommand({
      StreamName: await stack.physical(stream),
      Records: texts.map((text, index) => ({ PartitionKey: `key ${index}`, Data: Buffer.from(text) })),
    }),
  );
  client.destroy();
}

async function failures({ target, stack }: Bench) {
  return failuresOf(target, await stack.physical("FailuresBucket"));
}

interface Invocation {
  readonly began?: number;
  readonly ended?: number;
  readonly texts: readonly string[];
}

/** What the function said of its invocations with slow records. */
async function slowInvocations({ target, stack }: Bench): Promise<Invocation[]> {
  const client = new CloudWatchLogsClient(target.clientConfig);
  const logGroupName = `/aws/lambda/${await stack.physical("Consumer")}`;
  const found: Invocation[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
    for (const { message = "" } of events) {
      const json = /{.*}/.exec(message)?.[0];
      if (json?.includes('"slow"')) found.push(JSON.parse(json) as Invocation);
    }
  }
  return found;
}

export const batches = [
  check({
    id: "bisect",
    title: "sizes of the batches at the destination, of three records with a bad one among them",
    async look(bench) {
      await put(bench, "BatchStream", TO_BE_HALVED);
      const found = await bench.eventually(
        () => failures(bench),
        (each) => each.length > 0,
      );
      return found.map(({ payloads }) => payloads.length);
    },
    aws: [1],
    localstack: [3],
  }),
  check({
    id: "failure-payload",
    title: "type of the event in the account of a failed batch",
    look: async (bench) => [...new Set((await failures(bench)).map(({ report }) => typeof report.payload))],
    aws: ["string"],
    localstack: ["object"],
  }),
  check({
    id: "parallelization",
    title: "whether a batch of a shard begins before another one has ended",
    async look(bench) {
      await put(bench, "ParallelStream", SLOW);
      const said = await bench.eventually(
        () => slowInvocations(bench),
        (each) => each.filter(({ ended }) => ended !== undefined).length === SLOW.length,
      );
      const times = said
        .map(({ began, ended }) => ({ at: began ?? ended!, change: began === undefined ? -1 : 1 }))
        .toSorted((a, b) => a.at - b.at || a.change - b.change);
      let running = 0;
      return Math.max(...times.map(({ change }) => (running += change))) > 1;
    },
    aws: true,
    localstack: false,
  }),
];

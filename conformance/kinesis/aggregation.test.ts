import { CreateStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { CreateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { buildSync } from "esbuild";
import { PACKAGE_ROOT } from "../../cli/package.ts";
import { LambdaFixture } from "../lambda/fixture.ts";
import { useClient } from "../target.ts";
import { aggregate } from "./aggregate.ts";
import { arnOf, iterator, read } from "./support.ts";

const fixture = new LambdaFixture();
const kinesis = useClient(new KinesisClient(fixture.target.clientConfig()));
const users = ["a", "b", "c"].map((name) => ({ partitionKey: `user-${name}`, data: `reading of ${name}` }));

/** A function with handlers/deaggregate.ts in it, which logs what it was given and what is in it. */
const COUNTER = `
import { deaggregate } from "./handlers/deaggregate.ts";
export const handler = async ({ Records }) => {
  const given = Records.map(({ kinesis }) => kinesis.data);
  const users = deaggregate(Records).map((user) => [
    user.partitionKey, user.subSequenceNumber, Buffer.from(user.data, "base64").toString(), user.sequenceNumber,
  ]);
  console.log("taken " + JSON.stringify({ given, users }));
};`;

async function streamWith(name: string, records: readonly { PartitionKey: string; Data: Uint8Array }[]) {
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  const numbers: (string | undefined)[] = [];
  for (const record of records) {
    numbers.push((await kinesis.send(new PutRecordCommand({ StreamName: name, ...record }))).SequenceNumber);
  }
  return numbers;
}

describe("Records that the Kinesis Producer Library has put together", () => {
  it("are one record for GetRecords, as it was put", async () => {
    const Data = aggregate(users);
    await streamWith("as-put", [{ PartitionKey: "any", Data }]);
    const { Records } = await read(kinesis, await iterator(kinesis, "as-put"));
    expect(Records).toHaveLength(1);
    expect(Records?.[0]?.PartitionKey).toBe("any");
    expect(Buffer.from(Records![0]!.Data!).equals(Data)).toBe(true);
  });

  it("are one record for a function, which takes them apart with the handlers' helper", async () => {
    const [Data, plain] = [aggregate(users), Buffer.from("a record of its own")];
    const [aggregated, single] = await streamWith("to-function", [
      { PartitionKey: "any", Data },
      { PartitionKey: "single", Data: plain },
    ]);
    const { outputFiles } = buildSync({
      stdin: { contents: COUNTER, resolveDir: PACKAGE_ROOT, loader: "ts" },
      ...{ bundle: true, write: false, platform: "node", target: "node20", format: "cjs" },
    });
    await fixture.create("counter", outputFiles[0]!.text);
    await fixture.lambda.send(
      new CreateEventSourceMappingCommand({
        ...{ FunctionName: "counter", EventSourceArn: arnOf("to-function"), StartingPosition: "TRIM_HORIZON" },
        BatchSize: 2,
      }),
    );
    const [line = ""] = (await fixture.logged("counter", "taken {")).filter((text) => text.includes("taken {"));
    const { given, users: taken } = JSON.parse(line.slice(line.indexOf("{"))) as {
      given: string[];
      users: unknown[][];
    };
    expect(given).toEqual([Data.toString("base64"), plain.toString("base64")]);
    expect(taken).toEqual([
      ["user-a", 0, "reading of a", aggregated],
      ["user-b", 1, "reading of b", aggregated],
      ["user-c", 2, "reading of c", aggregated],
      ["single", null, "a record of its own", single],
    ]);
  });
});

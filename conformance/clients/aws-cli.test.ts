import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, useTarget } from "../target.ts";
import { awsCli, describeUnless, itUnless, TRUST_POLICY, whyMissing, writeZips } from "./tools.ts";

const missing = whyMissing("aws", "--version");
const noTail = missing ?? (listsCommand("logs", "tail") ? undefined : "version 1 of the AWS CLI does not have it");

const TEST_MS = 120_000;

const target = useTarget();
const { run: aws, json } = awsCli(target);
let folder: string;
let zips: { rivers: string; echo: string };
/** A waiter of the CLI that finds a stack in progress sleeps for so long before it looks again. */
const WAITER_SLEEP_MS = 30_000;

describeUnless(missing, "the AWS CLI")("the AWS CLI", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hw-aws-cli-"));
    zips = writeZips(folder);
    await aws("s3", "mb", "s3://code");
    await aws("s3", "cp", zips.rivers, "s3://code/rivers.zip");
  }, TEST_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe("kinesis", () => {
    it(
      "creates a stream, puts a record, reads it back and deletes the stream",
      async () => {
        await aws("kinesis", "create-stream", "--stream-name", "cli", "--shard-count", "1");
        await aws("kinesis", "wait", "stream-exists", "--stream-name", "cli");
        const { SequenceNumber } = await putRecord("cli", "Grüße from the Delaware\n");
        const { ShardIterator } = await json<{ ShardIterator: string }>(
          ...["kinesis", "get-shard-iterator", "--stream-name", "cli"],
          ...["--shard-id", "shardId-000000000000", "--shard-iterator-type", "TRIM_HORIZON"],
        );
        const { Records } = await json<{ Records: { SequenceNumber: string; Data: string }[] }>(
          ...["kinesis", "get-records", "--shard-iterator", ShardIterator],
        );
        expect(Records.map((record) => record.SequenceNumber)).toEqual([SequenceNumber]);
        expect(Buffer.from(Records[0]!.Data, "base64").toString()).toBe("Grüße from the Delaware\n");
        await aws("kinesis", "delete-stream", "--stream-name", "cli");
        await aws("kinesis", "wait", "stream-not-exists", "--stream-name", "cli");
        await expect(aws("kinesis", "describe-stream-summary", "--stream-name", "cli")).rejects.toThrow(
          /\(ResourceNotFoundException\).*Stream cli under account 000000000000 not found/,
        );
      },
      TEST_MS,
    );
  });

  describe("dynamodb", () => {
    it(
      "creates a table, writes under a condition, queries page by page and deletes the table",
      async () => {
        const table = ["--table-name", "cli-table"];
        await aws(
          ...["dynamodb", "create-table", ...table, "--billing-mode", "PAY_PER_REQUEST"],
          ...["--attribute-definitions", "AttributeName=pk,AttributeType=S", "AttributeName=sk,AttributeType=N"],
          ...["--key-schema", "AttributeName=pk,KeyType=HASH", "AttributeName=sk,KeyType=RANGE"],
        );
        await aws("dynamodb", "wait", "table-exists", ...table);
        const put = (sk: number) =>
          aws(
            ...["dynamodb", "put-item", ...table, "--condition-expression", "attribute_not_exists(pk)"],
            ...["--item", JSON.stringify({ pk: { S: "a" }, sk: { N: String(sk) }, note: { S: `number ${sk}` } })],
          );
        for (const sk of [10, 9, 100]) await put(sk);
        await expect(put(9)).rejects.toThrow(/\(ConditionalCheckFailedException\).*The conditional request failed/);
        const { Items } = await json<{ Items: { sk: { N: string } }[] }>(
          ...["dynamodb", "query", ...table, "--page-size", "1", "--key-condition-expression", "pk = :pk"],
          ...["--expression-attribute-values", JSON.stringify({ ":pk": { S: "a" } })],
        );
        expect(Items.map(({ sk }) => sk.N)).toEqual(["9", "10", "100"]);
        await aws("dynamodb", "delete-table", ...table);
        await aws("dynamodb", "wait", "table-not-exists", ...table);
      },
      TEST_MS,
    );
  });

  describe("lambda", () => {
    it(
      "creates a role, a function and a mapping, invokes the function, and finds its output in the logs",
      async () => {
        const { Role } = await json<{ Role: { Arn: string } }>(
          ...["iam", "create-role", "--role-name", "cli-role", "--assume-role-policy-document", TRUST_POLICY],
        );
        const permissions = [
          ...["--role-name", "cli-role"],
          ...["--policy-arn", "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"],
        ];
        await aws("iam", "attach-role-policy", ...permissions);
        const name = ["--function-name", "cli-echo"];
        await aws(
          ...["lambda", "create-function", ...name, "--runtime", "nodejs22.x", "--handler", "index.handler"],
          ...["--role", Role.Arn, "--zip-file", `fileb://${zips.echo}`, "--environment", "Variables={GREETING=hello}"],
        );
        await aws("lambda", "wait", "function-active-v2", ...name);
        const invoke = async (payload: object) => {
          const [event, answer] = [join(folder, "event.json"), join(folder, "answer.json")];
          writeFileSync(event, JSON.stringify(payload));
          const result = await json<{ FunctionError?: string; LogResult: string }>(
            ...["lambda", "invoke", ...name, "--log-type", "Tail", "--payload", `fileb://${event}`, answer],
          );
          return { ...result, answer: JSON.parse(readFileSync(answer, "utf8")) as unknown };
        };
        const said = await invoke({ county: "Ulster" });
        expect(said).toMatchObject({ answer: { event: { county: "Ulster" }, greeting: "hello" } });
        expect(Buffer.from(said.LogResult, "base64").toString()).toMatch(/START.*given \{"county":"Ulster"\}.*REPORT/s);
        expect(await invoke({ fail: "no" })).toMatchObject({
          FunctionError: "Unhandled",
          answer: { errorType: "TypeError", errorMessage: "no" },
        });

        await aws("kinesis", "create-stream", "--stream-name", "cli-mapped", "--shard-count", "1");
        await aws("kinesis", "wait", "stream-exists", "--stream-name", "cli-mapped");
        const { UUID } = await json<{ UUID: string }>(
          ...["lambda", "create-event-source-mapping", ...name, "--starting-position", "TRIM_HORIZON"],
          ...["--event-source-arn", "arn:aws:kinesis:us-east-1:000000000000:stream/cli-mapped"],
        );
        await putRecord("cli-mapped", "by the mapping");
        const data = Buffer.from("by the mapping").toString("base64");
        await eventually("the record is in the function's log", async () => {
          const { events } = await json<{ events: unknown[] }>(
            ...["logs", "filter-log-events", "--log-group-name", "/aws/lambda/cli-echo"],
            ...["--filter-pattern", `"${data}"`],
          );
          return events.length > 0 ? true : undefined;
        });
        await aws("lambda", "delete-event-source-mapping", "--uuid", UUID);
        await aws("lambda", "delete-function", ...name);
        await aws("iam", "detach-role-policy", ...permissions);
        await aws("iam", "delete-role", "--role-name", "cli-role");
        await expect(aws("lambda", "get-function", ...name)).rejects.toThrow(/\(ResourceNotFoundException\)/);
      },
      TEST_MS,
    );

    itUnless(noTail, "aws logs tail")(
      "tails the log of a function",
      async () => {
        await aws("logs", "create-log-group", "--log-group-name", "tailed");
        const stream = ["--log-group-name", "tailed", "--log-stream-name", "one"];
        await aws("logs", "create-log-stream", ...stream);
        await aws(
          ...["logs", "put-log-events", ...stream],
          ...["--log-events", JSON.stringify([{ timestamp: Date.now(), message: "the water rises" }])],
        );
        expect(await aws("logs", "tail", "tailed")).toMatch(/one the water rises/);
      },
      TEST_MS,
    );
  });

  describe("s3", () => {
    it(
      "copies a file of several parts there and back, syncs, lists and removes",
      async () => {
        await aws("s3", "mb", "s3://cli-bucket");
        const [large, back] = [join(folder, "large.bin"), join(folder, "back.bin")];
        writeFileSync(large, Buffer.alloc(20 * 1024 * 1024, createHash("sha512").update("large").digest()));
        await aws("s3", "cp", large, "s3://cli-bucket/large.bin", "--no-progress");
        await aws("s3", "cp", "s3://cli-bucket/large.bin", back, "--no-progress");
        expect(readFileSync(back).equals(readFileSync(large))).toBe(true);
        const head = await json("s3api", "head-object", "--bucket", "cli-bucket", "--key", "large.bin");
        expect(head).toMatchObject({
          ContentLength: 20 * 1024 * 1024,
          ETag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/),
        });

        const tree = join(folder, "tree");
        mkdirSync(join(tree, "in ner"), { recursive: true });
        writeFileSync(join(tree, "a.txt"), "a");
        writeFileSync(join(tree, "in ner", "ü.txt"), "ü");
        // S3 keeps times in whole seconds: a file of this very second would look newer than its copy
        const earlier = new Date(Date.now() - 10_000);
        for (const file of ["a.txt", join("in ner", "ü.txt")]) utimesSync(join(tree, file), earlier, earlier);
        await aws("s3", "sync", tree, "s3://cli-bucket/tree");
        expect(await aws("s3", "sync", tree, "s3://cli-bucket/tree")).toBe("");
        rmSync(join(tree, "a.txt"));
        expect(await aws("s3", "sync", tree, "s3://cli-bucket/tree", "--delete")).toMatch(/delete: .*tree\/a\.txt/);
        expect(await aws("s3", "ls", "s3://cli-bucket/", "--recursive")).toMatch(
          / 20971520 large.bin\n.* 2 tree\/in ner\/ü/,
        );
        expect(await aws("s3", "ls", "s3://cli-bucket/")).toMatch(/PRE tree\/\n/);

        const url = (await aws("s3", "presign", "s3://cli-bucket/tree/in ner/ü.txt")).trim();
        expect(await (await fetch(url)).text()).toBe("ü");
        await expect(aws("s3", "rb", "s3://cli-bucket")).rejects.toThrow(/\(BucketNotEmpty\)/);
        await aws("s3", "rm", "s3://cli-bucket", "--recursive");
        await aws("s3", "rb", "s3://cli-bucket");
        await expect(aws("s3", "ls", "s3://cli-bucket")).rejects.toThrow(/\(NoSuchBucket\)/);
      },
      TEST_MS,
    );
  });

  describe("cloudformation", () => {
    it(
      "deploys the rivers template, which then counts, and deletes it",
      async () => {
        const began = performance.now();
        expect(await deploy()).toMatch(/Successfully created\/updated stack - cli-rivers/);
        expect(performance.now() - began).toBeLessThan(WAITER_SLEEP_MS);
        const row = JSON.stringify({ County: "Delaware", "Waterbody Name": "East Branch" });
        await putRecord("cli-rivers", row);
        await putRecord("cli-rivers", row);
        await eventually("both rows are counted", async () => {
          const { Items } = await json<{ Items: { Count: { N: string } }[] }>(
            ...["dynamodb", "query", "--table-name", "cli-counts", "--key-condition-expression", "County = :county"],
            ...["--expression-attribute-values", JSON.stringify({ ":county": { S: "Delaware" } })],
          );
          return Items.reduce((sum, { Count }) => sum + Number(Count.N), 0) === 2 ? true : undefined;
        });
        // not in the second of the first one: the CLI names its change sets by it
        expect(await deploy("--no-fail-on-empty-changeset")).toMatch(/No changes to deploy/);
        await aws("cloudformation", "delete-stack", "--stack-name", "cli-rivers");
        await eventually("the stack is gone", async () =>
          aws("cloudformation", "describe-stacks", "--stack-name", "cli-rivers").then(
            () => undefined,
            (error: Error) => (/\(ValidationError\).*does not exist/.test(error.message) ? true : undefined),
          ),
        );
        expect(await json("kinesis", "list-streams")).not.toMatchObject({ StreamNames: ["cli-rivers"] });
      },
      TEST_MS,
    );
  });
});

function deploy(...options: readonly string[]): Promise<string> {
  return aws(
    ...["cloudformation", "deploy", "--stack-name", "cli-rivers", "--template-file", "handlers/rivers/template.yaml"],
    ...["--capabilities", "CAPABILITY_IAM", ...options, "--parameter-overrides"],
    ...["CodeBucket=code", "CodeKey=rivers.zip", "StreamName=cli-rivers", "CountsTableName=cli-counts"],
    ...["FunctionName=cli-rivers", "MaximumBatchingWindowInSeconds=0"],
  );
}

/** The data goes by a file: the CLI's versions differ in how they take bytes on the command line. */
async function putRecord(stream: string, text: string): Promise<{ SequenceNumber: string }> {
  const file = join(folder, "record");
  writeFileSync(file, text);
  return json("kinesis", "put-record", "--stream-name", stream, "--partition-key", "key", "--data", `fileb://${file}`);
}

/** An unknown command makes the CLI list those that it has. */
function listsCommand(service: string, command: string): boolean {
  const { stderr } = spawnSync("aws", [service, "no-such-command"], { encoding: "utf8" });
  return new RegExp(`\\s${command}\\s`).test(stderr);
}

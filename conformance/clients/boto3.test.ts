import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useTarget } from "../target.ts";
import { awsEnvironment, describeUnless, runProgram, whyMissing, writeBundles, writeZips } from "./tools.ts";

const TEST_MS = 90_000;

const target = useTarget();
let folder: string;

/** Runs one check of a script, whose traceback tells what is wrong. What it had to leave out, it prints. */
async function check(script: string, name: string, { endpoint } = target): Promise<void> {
  const env = { ...awsEnvironment(endpoint), PYTHONDONTWRITEBYTECODE: "1" };
  process.stderr.write(await runProgram("python3", [join(import.meta.dirname, script), name, folder], { env }));
}

describeUnless(whyMissing("python3", "-c", "import boto3"), "boto3")("boto3", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hw-boto3-"));
    writeZips(folder);
    writeBundles(folder);
  }, TEST_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["creates streams, waits for them, pages through them, puts and gets records", "kinesis"],
    ["subscribes to a shard, and hears of the consumer's end", "kinesis_fan_out"],
    ["writes, pages through and transacts items", "dynamodb_client"],
    ["reads the stream of a table", "dynamodb_streams"],
    ["keeps Python's values and conditions by the resource layer", "dynamodb_resource"],
    ["uploads in parts, downloads, lists, presigns and deletes objects", "s3"],
    ["waits for functions, invokes them and reads their logs", "lambda_function"],
    ["creates, changes and deletes stacks", "cloudformation"],
    ["runs rows from a stream through a function into a table", "whole_path"],
  ])("%s", (_, name) => check("boto3-checks.py", name), TEST_MS);

  it.each([
    [
      "publishes, reads and watches metrics, in each protocol that botocore speaks with CloudWatch",
      "cloudwatch_protocols",
    ],
    ["fills a queue by a topic's filter, and finds what is not dealt with in the dead letters", "sqs_and_sns"],
    ["keeps parameters, pages through them and decrypts them", "ssm"],
    ["takes on a role by a profile, and is refused what the role may not do", "roles"],
    ["hears of asynchronous events that failed, and has a queue as a function's source", "asynchronous_functions"],
    ["makes an API piece by piece, tests it and exports it", "apigateway"],
    ["shares a stream with another account by a policy, and changes a stream's settings", "kinesis_settings"],
    ["delivers by Firehose, and keeps repositories", "firehose_and_ecr"],
  ])("%s", (_, name) => check("boto3-services.py", name), TEST_MS);

  it.each(["rivers", "retail", "weather", "iot", "sensors"])(
    "deploys %s, feeds it, reads what it stored and deletes it",
    (name) => check("boto3-pipelines.py", name),
    TEST_MS,
  );

  describe("with an emulator that verifies signatures", () => {
    const verifying = useTarget({ auth: "verify" });

    it(
      "signs requests, URLs and forms as they are verified",
      async () => {
        for (const name of ["requests", "presigned", "post"]) await check("boto3-signatures.py", name, verifying);
      },
      TEST_MS,
    );
  });
});

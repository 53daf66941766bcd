import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useTarget } from "../target.ts";
import { awsEnvironment, describeUnless, runProgram, whyMissing, writeZips } from "./tools.ts";

const TEST_MS = 90_000;
const SCRIPT = join(import.meta.dirname, "boto3-checks.py");

const target = useTarget();
let folder: string;

/** Runs one check of the script, whose traceback tells what is wrong. */
async function check(name: string): Promise<void> {
  await runProgram("python3", [SCRIPT, name, folder], { env: awsEnvironment(target.endpoint) });
}

describeUnless(whyMissing("python3", "-c", "import boto3"), "boto3")("boto3", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hw-boto3-"));
    await writeZips(folder);
  }, TEST_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("creates streams, waits for them, pages through them, puts and gets records", () => check("kinesis"), TEST_MS);

  it("writes, pages through and transacts items", () => check("dynamodb_client"), TEST_MS);

  it("keeps Python's values and conditions by the resource layer", () => check("dynamodb_resource"), TEST_MS);

  it("uploads in parts, downloads, lists, presigns and deletes objects", () => check("s3"), TEST_MS);

  it("waits for functions, invokes them and reads their logs", () => check("lambda_function"), TEST_MS);

  it("creates, changes and deletes stacks", () => check("cloudformation"), TEST_MS);

  it("runs rows from a stream through a function into a table", () => check("whole_path"), TEST_MS);
});

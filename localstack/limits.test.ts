import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "../e2e/eventually.ts";
import { currentTarget, openTarget, type OpenTarget } from "../e2e/targets/index.ts";
import { apis } from "./checks/apis.ts";
import { batches } from "./checks/batches.ts";
import type { Bench } from "./checks/check.ts";
import { firehose } from "./checks/firehose.ts";
import { restarts } from "./checks/restart.ts";
import { services } from "./checks/services.ts";
import { settingsOfTemplates } from "./checks/settings.ts";
import { Stack } from "./checks/stack.ts";
import { BEFORE, template } from "./checks/template.ts";
import { LIMITS } from "./limits.ts";

/** Beyond the target's patience, whose message tells more. */
const TEST_TIMEOUT_MS = 400_000;
jest.setTimeout(TEST_TIMEOUT_MS);

// the update of the stack is the last of all: it makes another API of it
const checks = [...batches, ...apis, ...firehose, ...services, ...restarts, ...settingsOfTemplates];

let open: OpenTarget;
let bench: Bench | undefined;

beforeAll(async () => {
  open = await openTarget();
  const { target, patienceMs } = open;
  const stack = await Stack.create(target, `limits-${Date.now().toString(36)}`, template(BEFORE));
  bench = { target, stack, eventually: (ask, isExpected) => eventually(patienceMs, ask, isExpected) };
});

afterAll(async () => {
  if (bench) {
    // DynamoDB would refuse to delete the table
    await new DynamoDBClient(open.target.clientConfig).send(
      new UpdateTableCommand({ TableName: await bench.stack.physical("Table"), DeletionProtectionEnabled: false }),
    );
    await bench.stack.delete();
  }
  await open[Symbol.asyncDispose]();
});

/** Each look sees on LocalStack what the table says of it, and on every other target what it says of AWS. */
describe(`the limits of LocalStack, seen on ${currentTarget()}`, () => {
  it.each(checks)("$id: $title", async ({ look, aws, localstack }) => {
    expect(await look(bench!)).toEqual(currentTarget() === "localstack" ? localstack : aws);
  });

  it("are all looked at", () => {
    expect(checks.map(({ id }) => id).toSorted()).toEqual(Object.keys(LIMITS).toSorted());
  });
});

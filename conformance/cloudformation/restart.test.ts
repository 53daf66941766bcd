import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { ManualClock, startEmulator } from "../../emulator/index.ts";
import { body, helpers, logGroup } from "./fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("a restart", () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "cloudformation-restart-"));
  const clock = new ManualClock(Date.now());
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

  async function withEmulator<T>(work: (client: CloudFormationClient) => Promise<T>): Promise<T> {
    await using emulator = await startEmulator({ port: 0, dataDirectory, clock, logLevel: "error" });
    const client = new CloudFormationClient(emulator.clientConfig());
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  }

  const stacks = (client: CloudFormationClient) =>
    client
      .send(new ListStacksCommand({}))
      .then(({ StackSummaries = [] }) =>
        StackSummaries.map(({ StackName, StackStatus }) => `${StackName} ${StackStatus}`),
      );

  it("keeps stacks, deleted ones for 90 days, and the name of a deleted one is free again", async () => {
    await withEmulator(async (client) => {
      const TemplateBody = body({ A: logGroup("restart") });
      for (const StackName of ["one", "two"]) {
        const { StackId = "" } = await client.send(new CreateStackCommand({ StackName, TemplateBody }));
        await helpers(client).settled(StackId);
        await clock.advance(1000);
        if (StackName === "two") continue;
        await client.send(new DeleteStackCommand({ StackName }));
        await helpers(client).settled(StackId);
      }
    });
    await clock.advance(89 * DAY_MS);
    const kept = await withEmulator(stacks);
    expect(kept).toEqual(["two CREATE_COMPLETE", "one DELETE_COMPLETE"]);
    await clock.advance(2 * DAY_MS);
    expect(await withEmulator(stacks)).toEqual(["two CREATE_COMPLETE"]);
    const again = await withEmulator(async (client) => {
      const { StackId = "" } = await client.send(
        new CreateStackCommand({ StackName: "one", TemplateBody: body({ B: logGroup("other") }) }),
      );
      return (await helpers(client).settled(StackId)).StackStatus;
    });
    expect(again).toBe("CREATE_COMPLETE");
  });
});

import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  ListStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { ManualClock } from "../../emulator/index.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { body, helpers, logGroup } from "./fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("a restart", () => {
  const directory = useDataDirectory();
  const clock = new ManualClock(Date.now());

  const session = <T>(work: (client: CloudFormationClient) => Promise<T>): Promise<T> =>
    inSession({ dataDirectory: directory(), clock }, (config) => new CloudFormationClient(config), work);

  const stacks = (client: CloudFormationClient) =>
    client
      .send(new ListStacksCommand({}))
      .then(({ StackSummaries = [] }) =>
        StackSummaries.map(({ StackName, StackStatus }) => `${StackName} ${StackStatus}`),
      );

  it("keeps stacks, deleted ones for 90 days, and the name of a deleted one is free again", async () => {
    await session(async (client) => {
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
    const kept = await session(stacks);
    expect(kept).toEqual(["two CREATE_COMPLETE", "one DELETE_COMPLETE"]);
    await clock.advance(2 * DAY_MS);
    expect(await session(stacks)).toEqual(["two CREATE_COMPLETE"]);
    const again = await session(async (client) => {
      const { StackId = "" } = await client.send(
        new CreateStackCommand({ StackName: "one", TemplateBody: body({ B: logGroup("other") }) }),
      );
      return (await helpers(client).settled(StackId)).StackStatus;
    });
    expect(again).toBe("CREATE_COMPLETE");
  });
});

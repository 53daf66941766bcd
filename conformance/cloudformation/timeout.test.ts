import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { openTarget } from "../target.ts";
import { body, helpers, logGroup } from "./fixture.ts";

describe("CreateStack with TimeoutInMinutes", () => {
  it("rolls back what is not created in time", async () => {
    await using target = await openTarget({ manualClock: true });
    const client = new CloudFormationClient(target.clientConfig());
    const StackName = "slow";
    // one after the other, so that the creation is far from done when the minute is over
    const resources = Object.fromEntries(
      Array.from({ length: 400 }, (_each, index) => [
        `G${index}`,
        logGroup(`group-${index}`, {}, index === 0 ? {} : { DependsOn: `G${index - 1}` }),
      ]),
    );
    const { inStatus, settled, reasons } = helpers(client);
    const creating = client.send(
      new CreateStackCommand({ StackName, TemplateBody: body(resources), TimeoutInMinutes: 1 }),
    );
    await inStatus(StackName, /CREATE_IN_PROGRESS/);
    await target.clock.advance(60_000);
    expect(await settled(StackName)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE", TimeoutInMinutes: 1 });
    expect(await reasons(StackName, StackName)).toContain(
      "Stack creation time exceeded the specified timeout. Rollback requested by user.",
    );
    await creating;
    client.destroy();
  });
});

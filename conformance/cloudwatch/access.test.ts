import { describe, expect, it } from "@jest/globals";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { RoleFixture, sessionArn, uniqueName } from "../iam/fixture.ts";

describe("permissions of CloudWatch", () => {
  const fixture = new RoleFixture();

  it("are asked without a resource where the action has none", async () => {
    const role = await fixture.role(uniqueName("stranger"));
    const cloudwatch = new CloudWatchClient(await fixture.session(role));
    const refused = (action: string, where = "") => ({
      name: "AccessDenied",
      message: `User: ${sessionArn(role)} is not authorized to perform: ${action}${where} because no identity-based policy allows the ${action} action`,
      $metadata: expect.objectContaining({ httpStatusCode: 403 }) as unknown,
    });
    await expect(
      cloudwatch.send(new PutMetricDataCommand({ Namespace: "n", MetricData: [{ MetricName: "m", Value: 1 }] })),
    ).rejects.toMatchObject(refused("cloudwatch:PutMetricData"));
    await expect(cloudwatch.send(new ListMetricsCommand({}))).rejects.toMatchObject(refused("cloudwatch:ListMetrics"));
    await expect(cloudwatch.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject(
      refused("cloudwatch:DescribeAlarms", " on resource: arn:aws:cloudwatch:us-east-1:000000000000:alarm:*"),
    );
    cloudwatch.destroy();
  });
});

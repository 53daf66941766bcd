import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { eventually, useClient } from "../target.ts";
import { failure, FirehoseFixture, ROLE, streamArn } from "./fixture.ts";

const aws = new FirehoseFixture();
const cloudformation = useClient(new CloudFormationClient(aws.target.clientConfig()));

const template = (destination: object, more: object = {}) =>
  JSON.stringify({
    Resources: {
      Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "stacked" } },
      Stream: {
        Type: "AWS::KinesisFirehose::DeliveryStream",
        Properties: {
          DeliveryStreamName: "stacked",
          ExtendedS3DestinationConfiguration: {
            RoleARN: ROLE,
            BucketARN: { "Fn::GetAtt": ["Bucket", "Arn"] },
            ...destination,
          },
          ...more,
        },
      },
    },
    Outputs: {
      Name: { Value: { Ref: "Stream" } },
      Arn: { Value: { "Fn::GetAtt": ["Stream", "Arn"] } },
    },
  });

const settled = (status: string) =>
  eventually(status, async () => {
    await aws.target.clock.advance(1_000);
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "stack" }));
    const stack = Stacks?.[0];
    if (stack?.StackStatus?.includes("ROLLBACK") || stack?.StackStatus?.includes("FAILED")) {
      throw new Error(`${stack.StackStatus}: ${stack.StackStatusReason}`);
    }
    return stack?.StackStatus === status ? stack : undefined;
  });

describe("AWS::KinesisFirehose::DeliveryStream", () => {
  it("is made, changed in place and removed", async () => {
    await cloudformation.send(
      new CreateStackCommand({
        StackName: "stack",
        TemplateBody: template(
          { Prefix: "one/", BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } },
          {
            Tags: [{ Key: "k", Value: "v" }],
            DeliveryStreamEncryptionConfigurationInput: { KeyType: "AWS_OWNED_CMK" },
          },
        ),
      }),
    );
    const { Outputs } = await settled("CREATE_COMPLETE");
    expect(Object.fromEntries((Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))).toEqual({
      Name: "stacked",
      Arn: streamArn("stacked"),
    });
    expect((await aws.describe("stacked"))?.DeliveryStreamEncryptionConfiguration?.Status).toBe("ENABLED");

    await cloudformation.send(
      new UpdateStackCommand({ StackName: "stack", TemplateBody: template({ CompressionFormat: "GZIP" }) }),
    );
    await settled("UPDATE_COMPLETE");
    const described = await aws.describe("stacked");
    expect(described?.VersionId).toBe("2");
    expect(described?.DeliveryStreamEncryptionConfiguration?.Status).toBe("DISABLED");
    expect(described?.Destinations?.[0]?.ExtendedS3DestinationDescription).toMatchObject({
      Prefix: "",
      CompressionFormat: "GZIP",
      BufferingHints: { SizeInMBs: 5, IntervalInSeconds: 300 },
    });

    await cloudformation.send(new DeleteStackCommand({ StackName: "stack" }));
    await eventually("the stack to be gone", async () => {
      await aws.target.clock.advance(1_000);
      const gone = await failure(cloudformation.send(new DescribeStacksCommand({ StackName: "stack" })));
      return gone.includes("does not exist") ? true : undefined;
    });
    expect(await failure(aws.describe("stacked"))).toContain("ResourceNotFoundException");
  });
});

import { describe, expect, it } from "@jest/globals";
import { CreateStackCommand, DeleteStackCommand, type Stack, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, GetQueueUrlCommand, ListQueueTagsCommand, SQSClient } from "@aws-sdk/client-sqs";
import { body, uniqueName, useCloudFormation } from "../cloudformation/fixture.ts";
import { useClient } from "../target.ts";

const on = useCloudFormation();
const sqs = useClient(new SQSClient(on.target.clientConfig()));
const lambda = useClient(new LambdaClient(on.target.clientConfig()));

const Capabilities = ["CAPABILITY_IAM" as const];
const att = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const ref = (id: string) => ({ Ref: id });

async function create(StackName: string, resources: object, outputs: Record<string, object> = {}): Promise<Stack> {
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]));
  const TemplateBody = body(resources, { Outputs });
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  return on.settled(StackName);
}

async function update(StackName: string, resources: object): Promise<Stack> {
  await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: body(resources), Capabilities }));
  return on.settled(StackName);
}

const outputsOf = ({ Outputs = [] }: Stack) =>
  Object.fromEntries(Outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));

async function attributesOf(QueueUrl: string): Promise<Record<string, string>> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  return Attributes;
}

describe("AWS::SQS::Queue", () => {
  it("is made with its attributes, changed in place, and removed", async () => {
    const stack = uniqueName("queues");
    const resources = (properties: object) => ({
      Letters: { Type: "AWS::SQS::Queue" },
      Jobs: {
        Type: "AWS::SQS::Queue",
        Properties: {
          RedrivePolicy: { deadLetterTargetArn: att("Letters", "Arn"), maxReceiveCount: 3 },
          ...properties,
        },
      },
      Ordered: { Type: "AWS::SQS::Queue", Properties: { FifoQueue: true, ContentBasedDeduplication: true } },
    });
    const first = { VisibilityTimeout: 40, DelaySeconds: 2, Tags: [{ Key: "team", Value: "rivers" }] };
    const made = await create(stack, resources(first), {
      Url: ref("Jobs"),
      Arn: att("Jobs", "Arn"),
      Name: att("Jobs", "QueueName"),
      LettersArn: att("Letters", "Arn"),
      Ordered: att("Ordered", "QueueName"),
    });
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    const { Url = "", Arn = "", Name = "", LettersArn = "", Ordered = "" } = outputsOf(made);
    expect(Name).toMatch(new RegExp(`^${stack}-Jobs-[A-Z0-9]{12}$`));
    expect(Ordered).toMatch(/-Ordered-[A-Z0-9]{12}\.fifo$/);
    expect(Url).toBe(`${on.target.endpoint}/000000000000/${Name}`);
    expect(await attributesOf(Url)).toMatchObject({
      QueueArn: Arn,
      VisibilityTimeout: "40",
      DelaySeconds: "2",
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: LettersArn, maxReceiveCount: 3 }),
    });
    const updated = await update(stack, resources({ VisibilityTimeout: 50, Tags: [{ Key: "team", Value: "seas" }] }));
    expect(updated.StackStatus).toBe("UPDATE_COMPLETE");
    expect(await on.physicalId(stack, "Jobs")).toBe(Url);
    expect(await attributesOf(Url)).toMatchObject({ VisibilityTimeout: "50", DelaySeconds: "0" });
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl: Url }))).Tags).toMatchObject({ team: "seas" });
    await on.cloudformation.send(new DeleteStackCommand({ StackName: stack }));
    await on.settled(made.StackId ?? "");
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: Name }))).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
  });
});

describe("AWS::SQS::QueuePolicy", () => {
  it("sets the policy of its queues, and takes it from a queue that it no longer names", async () => {
    const stack = uniqueName("policies");
    const PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
    };
    const resources = (...Queues: object[]) => ({
      A: { Type: "AWS::SQS::Queue" },
      B: { Type: "AWS::SQS::Queue" },
      C: { Type: "AWS::SQS::Queue" },
      Policy: { Type: "AWS::SQS::QueuePolicy", Properties: { Queues, PolicyDocument } },
      Inline: { Type: "AWS::SQS::QueueInlinePolicy", Properties: { Queue: ref("C"), PolicyDocument } },
    });
    const made = await create(stack, resources(ref("A"), ref("B")));
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    const urls = await Promise.all(["A", "B", "C"].map((id) => on.physicalId(stack, id)));
    const policies = async () => Promise.all(urls.map(async (url) => (await attributesOf(url))["Policy"]));
    const text = JSON.stringify(PolicyDocument);
    expect(await policies()).toEqual([text, text, text]);
    expect((await update(stack, resources(ref("B")))).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await policies()).toEqual([undefined, text, text]);
  });
});

describe("queues of functions", () => {
  it("are event sources, dead letter targets and destinations by template", async () => {
    const stack = uniqueName("consumers");
    const resources = (retries: number, filters: object[]) => ({
      Queue: { Type: "AWS::SQS::Queue" },
      Letters: { Type: "AWS::SQS::Queue" },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
          },
          Policies: [
            {
              PolicyName: "queues",
              PolicyDocument: {
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }],
              },
            },
          ],
        },
      },
      Function: {
        Type: "AWS::Lambda::Function",
        Properties: {
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: att("Role", "Arn"),
          Code: { ZipFile: "exports.handler = async () => {};" },
          DeadLetterConfig: { TargetArn: att("Letters", "Arn") },
        },
      },
      Async: {
        Type: "AWS::Lambda::EventInvokeConfig",
        Properties: {
          FunctionName: ref("Function"),
          Qualifier: "$LATEST",
          MaximumRetryAttempts: retries,
          DestinationConfig: { OnFailure: { Destination: att("Letters", "Arn") } },
        },
      },
      Mapping: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          FunctionName: ref("Function"),
          EventSourceArn: att("Queue", "Arn"),
          BatchSize: 5,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
          ScalingConfig: { MaximumConcurrency: 2 },
          FilterCriteria: { Filters: filters },
        },
      },
    });
    const Filters = [{ Pattern: '{"body":["x"]}' }];
    const made = await create(stack, resources(1, Filters), { Letters: att("Letters", "Arn") });
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    const { Letters = "" } = outputsOf(made);
    const FunctionName = await on.physicalId(stack, "Function");
    const UUID = await on.physicalId(stack, "Mapping");
    const read = async () =>
      Promise.all([
        lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
        lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })),
        lambda.send(new GetEventSourceMappingCommand({ UUID })),
      ]);
    expect(await read()).toMatchObject([
      { DeadLetterConfig: { TargetArn: Letters } },
      { MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: Letters } } },
      { BatchSize: 5, ScalingConfig: { MaximumConcurrency: 2 }, FilterCriteria: { Filters } },
    ]);
    expect((await update(stack, resources(0, []))).StackStatus).toBe("UPDATE_COMPLETE");
    const [, async_, mapping] = await read();
    expect(async_).toMatchObject({ MaximumRetryAttempts: 0 });
    expect(mapping).not.toHaveProperty("FilterCriteria");
    await on.cloudformation.send(new DeleteStackCommand({ StackName: stack }));
    expect((await on.settled(made.StackId ?? "")).StackStatus).toBe("DELETE_COMPLETE");
  });
});

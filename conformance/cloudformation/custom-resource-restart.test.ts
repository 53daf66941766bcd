import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { useDataDirectory } from "../data-directory.ts";
import { eventually, openTarget, type OpenTarget } from "../target.ts";
import { body, helpers } from "./fixture.ts";

/** Logs the event and never answers. */
const SILENT = "exports.handler = async (event) => console.log('EVENT ' + JSON.stringify(event));";

const TEMPLATE = body({
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    },
  },
  Provider: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "silent",
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { ZipFile: SILENT },
    },
  },
  Thing: { Type: "Custom::Thing", Properties: { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] } } },
});

interface Event {
  readonly ResponseURL: string;
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

async function events(target: OpenTarget): Promise<Event[]> {
  const logs = new CloudWatchLogsClient(target.clientConfig());
  const input = { logGroupName: "/aws/lambda/silent", filterPattern: "EVENT" };
  const { events: found = [] } = await logs.send(new FilterLogEventsCommand(input)).catch(() => ({ events: [] }));
  logs.destroy();
  return found.map(({ message = "" }) => JSON.parse(message.slice(message.indexOf("EVENT ") + 6)) as Event);
}

describe("a custom resource that has not answered when the emulator stops", () => {
  const directory = useDataDirectory();

  it("is not asked again, and its answer is taken after the restart", async () => {
    const dataDirectory = directory();
    let asked: Event;
    {
      await using target = await openTarget({ dataDirectory });
      const client = new CloudFormationClient(target.clientConfig());
      const Capabilities = ["CAPABILITY_IAM" as const];
      await client.send(new CreateStackCommand({ StackName: "waiting", TemplateBody: TEMPLATE, Capabilities }));
      asked = await eventually("the function to be asked", async () => (await events(target))[0]);
      client.destroy();
    }

    await using target = await openTarget({ dataDirectory });
    const client = new CloudFormationClient(target.clientConfig());
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "waiting" }));
    expect(Stacks?.[0]?.StackStatus).toBe("CREATE_IN_PROGRESS");
    const { pathname, search } = new URL(asked.ResponseURL);
    const { RequestId, StackId, LogicalResourceId } = asked;
    const answer = { Status: "SUCCESS", PhysicalResourceId: "late", RequestId, StackId, LogicalResourceId };
    const put = { method: "PUT", body: JSON.stringify(answer) };
    expect((await fetch(`${target.endpoint}${pathname}?Signature=0`, put)).status).toBe(403);
    expect((await fetch(`${target.endpoint}${pathname}${search}`, put)).status).toBe(200);
    const { settled, physicalId } = helpers(client);
    expect((await settled("waiting")).StackStatus).toBe("CREATE_COMPLETE");
    expect(await physicalId("waiting", "Thing")).toBe("late");
    expect(await events(target)).toHaveLength(1);
    client.destroy();
  });
});

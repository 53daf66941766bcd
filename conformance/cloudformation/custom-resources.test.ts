import { CreateStackCommand, DeleteStackCommand, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { eventually, useClient } from "../target.ts";
import { body, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const logs = useClient(new CloudWatchLogsClient(on.target.clientConfig()));

/** Answers as its properties say, and logs each event. */
const PROVIDER = `
const response = require("cfn-response");
exports.handler = (event, context) => {
  console.log("EVENT " + JSON.stringify(event));
  const { Mode, Id, Value } = event.ResourceProperties;
  if (Mode === "silent") return context.done();
  const fails = Mode === "fail" && event.RequestType !== "Delete";
  return response.send(event, context, fails ? response.FAILED : response.SUCCESS, { Echo: Value, List: ["a", "b"] }, Id);
};`;

const providerOf = (name: string) => ({
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
      FunctionName: name,
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { ZipFile: PROVIDER },
    },
  },
});

const template = (name: string, properties: object, type = "Custom::Thing") =>
  body(
    {
      ...providerOf(name),
      Thing: { Type: type, Properties: { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] }, ...properties } },
    },
    {
      Outputs: {
        Id: { Value: { Ref: "Thing" } },
        Echo: { Value: { "Fn::GetAtt": ["Thing", "Echo"] } },
        List: { Value: { "Fn::Join": ["+", { "Fn::GetAtt": ["Thing", "List"] }] } },
      },
    },
  );

const Capabilities = ["CAPABILITY_IAM" as const];

interface Event {
  readonly RequestType: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** What the function was sent, once that are so many events. */
const events = (name: string, count: number): Promise<Event[]> =>
  eventually(`${count} events`, async () => {
    const found: Event[] = [];
    const input = { logGroupName: `/aws/lambda/${name}`, filterPattern: "EVENT" };
    for await (const page of paginateFilterLogEvents({ client: logs }, input)) {
      for (const { message = "" } of page.events ?? []) {
        found.push(JSON.parse(message.slice(message.indexOf("EVENT ") + "EVENT ".length)) as Event);
      }
    }
    return found.length >= count ? found : undefined;
  });

async function create(StackName: string, TemplateBody: string) {
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  return on.settled(StackName);
}

async function update(StackName: string, TemplateBody: string) {
  await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody, Capabilities }));
  return on.settled(StackName);
}

describe("a custom resource", () => {
  it("is created, updated, replaced and deleted by a function, with the events of AWS", async () => {
    const name = uniqueName();
    const first = { Id: "one", Value: "x", Deep: { Number: 5, Flag: true } };
    const made = await create(name, template(name, first));
    expect(made.StackStatus).toBe("CREATE_COMPLETE");
    const outputs = Object.fromEntries(
      (made.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    expect(outputs).toEqual({ Id: "one", Echo: "x", List: "a+b" });

    const second = await update(name, template(name, { ...first, Value: "y" }));
    expect(second.Outputs?.find(({ OutputKey }) => OutputKey === "Echo")?.OutputValue).toBe("y");
    await update(name, template(name, { ...first, Id: "two" }));
    expect(await on.physicalId(name, "Thing")).toBe("two");
    await on.cloudformation.send(new DeleteStackCommand({ StackName: made.StackId }));
    expect((await on.settled(made.StackId ?? "")).StackStatus).toBe("DELETE_COMPLETE");

    const sent = await events(name, 5);
    expect(sent.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([
      ["Create", undefined],
      ["Update", "one"],
      ["Update", "one"],
      ["Delete", "one"],
      ["Delete", "two"],
    ]);
    const [creation, change] = sent;
    const ServiceToken = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    expect(creation).toMatchObject({
      ServiceToken,
      StackId: made.StackId,
      LogicalResourceId: "Thing",
      ResourceType: "Custom::Thing",
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ResponseURL: expect.stringMatching(/^http:/),
    });
    expect(creation?.ResourceProperties).toEqual({
      ServiceToken,
      Id: "one",
      Value: "x",
      Deep: { Number: "5", Flag: "true" },
    });
    expect([change?.OldResourceProperties?.["Value"], change?.ResourceProperties["Value"]]).toEqual(["x", "y"]);
  });

  it("fails the stack with the reason that the function gives, and is deleted by its rollback", async () => {
    const name = uniqueName();
    const stack = await create(
      name,
      template(name, { Id: "half", Mode: "fail" }, "AWS::CloudFormation::CustomResource"),
    );
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect((await on.reasons(name, "Thing")).join()).toContain(
      "Received response status [FAILED] from custom resource. Message returned: See the details in CloudWatch Log Stream:",
    );
    const sent = await events(name, 2);
    expect(sent.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId])).toEqual([
      ["Create", undefined],
      ["Delete", "half"],
    ]);
  });

  it("goes back by an update when another resource of the update fails", async () => {
    const name = uniqueName();
    await create(name, template(name, { Id: "one", Value: "x" }));
    const broken = JSON.parse(template(name, { Id: "one", Value: "y" })) as { Resources: Record<string, object> };
    const Properties = { ServiceToken: { "Fn::GetAtt": ["Provider", "Arn"] }, Id: "z", Mode: "fail" };
    broken.Resources["Other"] = { Type: "Custom::Other", DependsOn: "Thing", Properties };
    const stack = await update(name, JSON.stringify(broken));
    expect(stack.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    const values = (await events(name, 5))
      .filter(({ ResourceProperties }) => ResourceProperties["Id"] === "one")
      .map(({ RequestType, ResourceProperties }) => `${RequestType} ${String(ResourceProperties["Value"])}`);
    expect(values).toEqual(["Create x", "Update y", "Update x"]);
  });

  it("fails when nobody answers within its ServiceTimeout", async () => {
    const name = uniqueName();
    const stack = await create(name, template(name, { Mode: "silent", ServiceTimeout: 1 }));
    expect(stack.StackStatus).toMatch(/^ROLLBACK_/);
    expect((await on.reasons(name, "Thing")).join()).toContain(
      "CloudFormation did not receive a response from your Custom Resource.",
    );
  });

  it("needs a service token that is a function or a topic", async () => {
    const Thing = { Type: "Custom::Thing", Properties: { ServiceToken: "arn:aws:s3:::bucket" } };
    const creation = create(uniqueName(), body({ Thing }));
    await expect(creation).rejects.toMatchObject({ message: expect.stringContaining("ServiceToken") });
  });

  it("takes no answer from whoever does not have its URL", async () => {
    const answer = await fetch(`${on.target.endpoint}/_headwater/custom-resources/W10?Signature=0`, { method: "PUT" });
    expect(answer.status).toBe(404);
  });
});

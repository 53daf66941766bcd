import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { GetParameterCommand, ListTagsForResourceCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { helpers, uniqueName } from "../cloudformation/fixture.ts";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const cloudformation = useClient(new CloudFormationClient(target.clientConfig()));
const ssm = useClient(new SSMClient(target.clientConfig()));
const sns = useClient(new SNSClient(target.clientConfig()));
const { settled, physicalId, reasons } = helpers(cloudformation);

const put = (Name: string, Value: string, Type: "String" | "StringList" | "SecureString" = "String") =>
  ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));

const create = async (template: object, more: object = {}) => {
  const StackName = uniqueName();
  await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), ...more }));
  return { name: StackName, stack: await settled(StackName) };
};

const update = async (StackName: string, template: object) => {
  await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  return settled(StackName);
};

const displayName = async (stack: string): Promise<string | undefined> => {
  const TopicArn = await physicalId(stack, "Topic");
  return (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.DisplayName;
};

const topic = (DisplayName: unknown, more: object = {}) => ({
  Type: "AWS::SNS::Topic",
  Properties: { DisplayName, ...more },
});

describe("AWS::SSM::Parameter", () => {
  it("is created with the stack's tags, updated in place, and deleted with the stack", async () => {
    const template = (Value: string, Tags?: object) => ({
      Resources: { P: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value, Tags } } },
      Outputs: { Value: { Value: { "Fn::GetAtt": ["P", "Value"] } } },
    });
    const { name, stack } = await create(template("one", { own: "1" }), { Tags: [{ Key: "stack", Value: "s" }] });
    expect(stack.Outputs?.[0]?.OutputValue).toBe("one");
    const Name = await physicalId(name, "P");
    const tags = async () => {
      const { TagList = [] } = await ssm.send(
        new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: Name }),
      );
      return TagList.map(({ Key = "" }) => Key).filter((key) => !key.startsWith("aws:"));
    };
    expect((await tags()).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["own", "stack"]);
    expect((await update(name, template("two"))).StackStatus).toBe("UPDATE_COMPLETE");
    expect((await ssm.send(new GetParameterCommand({ Name }))).Parameter).toMatchObject({ Value: "two", Version: 2 });
    expect(await tags()).toEqual(["stack"]);
    await cloudformation.send(new DeleteStackCommand({ StackName: name }));
    await settled(name).catch(() => {});
    await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: "ParameterNotFound" });
  });
});

describe("parameters of type AWS::SSM::Parameter::Value", () => {
  const template = {
    Parameters: {
      Title: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/titles/main" },
      Names: { Type: "AWS::SSM::Parameter::Value<List<String>>", Default: "/titles/list" },
    },
    Resources: { Topic: topic({ "Fn::Join": ["-", [{ Ref: "Title" }, { "Fn::Select": [1, { Ref: "Names" }] }]] }) },
  };

  it("are resolved when a change set or a stack is created, and again by an update", async () => {
    await put("/titles/main", "first");
    await put("/titles/list", "a,b", "StringList");
    const { name, stack } = await create(template);
    expect(stack.Parameters).toEqual(
      expect.arrayContaining([{ ParameterKey: "Title", ParameterValue: "/titles/main", ResolvedValue: "first" }]),
    );
    expect(await displayName(name)).toBe("first-b");

    await expect(update(name, template)).rejects.toMatchObject({ message: "No updates are to be performed." });
    await put("/titles/main", "second");
    await cloudformation.send(
      new CreateChangeSetCommand({ StackName: name, ChangeSetName: "c", TemplateBody: JSON.stringify(template) }),
    );
    const changeSet = await cloudformation.send(new DescribeChangeSetCommand({ StackName: name, ChangeSetName: "c" }));
    expect(changeSet.Parameters?.find(({ ParameterKey }) => ParameterKey === "Title")?.ResolvedValue).toBe("second");
    expect(changeSet.Changes).toHaveLength(1);
    expect((await update(name, template)).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await displayName(name)).toBe("second-b");
  });

  it("refuse names that nothing has, and SecureStrings", async () => {
    const of = (Default: string, Type = "AWS::SSM::Parameter::Value<String>") => ({
      Parameters: { Title: { Type, Default } },
      Resources: { Topic: topic({ Ref: "Title" }) },
    });
    await put("/titles/secret", "s", "SecureString");
    await expect(create(of("/titles/none"))).rejects.toMatchObject({
      message: "Unable to fetch parameters [/titles/none] from parameter store for this account.",
    });
    await expect(create(of("/titles/none", "AWS::SSM::Parameter::Name"))).rejects.toMatchObject({
      message: "Unable to fetch parameters [/titles/none] from parameter store for this account.",
    });
    await expect(create(of("/titles/secret"))).rejects.toMatchObject({
      message: "Parameters [/titles/secret] referenced by template have types not supported by CloudFormation.",
    });
  });
});

describe("dynamic references", () => {
  it("are resolved when the resource is made, also of a parameter that the stack itself makes", async () => {
    const { name } = await create({
      Resources: {
        P: { Type: "AWS::SSM::Parameter", Properties: { Name: "/made/here", Type: "String", Value: "inside" } },
        Topic: { ...topic("{{resolve:ssm:/made/here:1}} out"), DependsOn: "P" },
      },
    });
    expect(await displayName(name)).toBe("inside out");
  });

  it("stay as they were when the template does not change, and follow a version that does", async () => {
    await put("/versions/title", "old");
    const template = (reference: string, Tags: object[] = []) => ({
      Resources: { Topic: topic(reference), Other: topic("other", { Tags }) },
    });
    const { name } = await create(template("{{resolve:ssm:/versions/title}}"));
    await put("/versions/title", "new");
    await expect(update(name, template("{{resolve:ssm:/versions/title}}"))).rejects.toMatchObject({
      message: "No updates are to be performed.",
    });
    await update(name, template("{{resolve:ssm:/versions/title}}", [{ Key: "k", Value: "v" }]));
    expect(await displayName(name)).toBe("old");
    await update(name, template("{{resolve:ssm:/versions/title:2}}"));
    expect(await displayName(name)).toBe("new");
  });

  it("take the type that the property has", async () => {
    await put("/types/flag", "true");
    const { stack } = await create({
      Resources: {
        Topic: topic("t", { FifoTopic: true, ContentBasedDeduplication: "{{resolve:ssm:/types/flag}}" }),
      },
    });
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  });

  it("fail the resource when nothing has the name", async () => {
    const { name, stack } = await create({ Resources: { Topic: topic("{{resolve:ssm:/nobody:1}}") } });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(await reasons(name, "Topic")).toContain("Parameters: [ssm:/nobody:1] cannot be found.");
  });

  it.each([
    [
      "{{resolve:ssm-secure:/a:1}}",
      "SSM Secure reference is not supported in: [AWS::SNS::Topic/Properties/DisplayName]",
    ],
    ["{{resolve:secretsmanager:s}}", "with a dynamic reference to Secrets Manager is not supported by Headwater"],
  ])("%s are refused", async (reference, message) => {
    await expect(create({ Resources: { Topic: topic(reference) } })).rejects.toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});

describe("Rules", () => {
  const bootstrap = {
    Parameters: {
      BootstrapVersion: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/hnb659fds/version" },
    },
    Rules: {
      CheckBootstrapVersion: {
        Assertions: [
          {
            Assert: { "Fn::Not": [{ "Fn::Contains": [["1", "2", "3", "4", "5"], { Ref: "BootstrapVersion" }] }] },
            AssertDescription: "CDK bootstrap stack version 6 required.",
          },
        ],
      },
    },
    Resources: { Topic: topic("t") },
  };

  it("refuse a stack by the description of the assertion that does not hold", async () => {
    await put("/cdk-bootstrap/hnb659fds/version", "5");
    await expect(create(bootstrap)).rejects.toMatchObject({
      message: expect.stringContaining("CDK bootstrap stack version 6 required."),
    });
    await put("/cdk-bootstrap/hnb659fds/version", "21");
    expect((await create(bootstrap)).stack.StackStatus).toBe("CREATE_COMPLETE");
  });

  it("matter only when their condition holds", async () => {
    const template = {
      Parameters: { Stage: { Type: "String" }, Zones: { Type: "CommaDelimitedList" } },
      Rules: {
        Production: {
          RuleCondition: { "Fn::Equals": [{ Ref: "Stage" }, "prod"] },
          Assertions: [{ Assert: { "Fn::EachMemberIn": [{ Ref: "Zones" }, ["a", "b"]] }, AssertDescription: "a or b" }],
        },
      },
      Resources: { Topic: topic("t") },
    };
    const withStage = (stage: string) => ({
      Parameters: [
        { ParameterKey: "Stage", ParameterValue: stage },
        { ParameterKey: "Zones", ParameterValue: "a,c" },
      ],
    });
    await expect(create(template, withStage("prod"))).rejects.toMatchObject({
      message: expect.stringContaining("a or b"),
    });
    expect((await create(template, withStage("test"))).stack.StackStatus).toBe("CREATE_COMPLETE");
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({}));
    expect(Stacks?.length).toBeGreaterThan(0);
  });
});

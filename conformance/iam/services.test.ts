import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateStreamCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { DeleteRoleCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { body, helpers, logGroup } from "../cloudformation/fixture.ts";
import { LambdaFixture } from "../lambda/fixture.ts";
import { eventually, useClient } from "../target.ts";
import {
  ACCOUNT,
  outcome,
  policyOf,
  RoleFixture,
  roleArn,
  sessionArn,
  trustOf,
  type Statement,
  uniqueName,
} from "./fixture.ts";

const fixture = new RoleFixture();
const functions = new LambdaFixture({}, fixture.target);
const LAMBDA = trustOf("lambda.amazonaws.com");
const CONTENT = 'exports.handler = async () => { console.log("spoken"); return "answer"; };';
const allow = (Action: string | string[], Resource = "*"): Statement => ({ Effect: "Allow", Action, Resource });

const functionWith = async (...statements: Statement[]): Promise<string> => {
  const name = await fixture.role(uniqueName("fn"), statements, { trust: LAMBDA });
  await functions.create(name, CONTENT, { Role: roleArn(name) });
  return name;
};

describe("the role of a function", () => {
  const REFUSED = {
    name: "InvalidParameterValueException",
    message: "The role defined for the function cannot be assumed by Lambda.",
  };

  it("has to exist and to trust Lambda, when the function is made and when it gets another role", async () => {
    const other = await fixture.role(uniqueName("other"), [], { trust: trustOf("firehose.amazonaws.com") });
    await expect(functions.create("f", CONTENT, { Role: roleArn("nobody") })).rejects.toMatchObject(REFUSED);
    await expect(functions.create("f", CONTENT, { Role: roleArn(other) })).rejects.toMatchObject(REFUSED);
    const FunctionName = await functionWith();
    await expect(
      functions.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Role: roleArn(other) })),
    ).rejects.toMatchObject(REFUSED);
  });

  it("may trust Lambda for the function's account only", async () => {
    const trusting = (account: string) =>
      policyOf({
        ...allow("sts:AssumeRole"),
        Resource: undefined,
        Principal: { Service: "lambda.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      });
    const [mine, yours] = [uniqueName("mine"), uniqueName("yours")];
    await fixture.role(mine, [], { trust: trusting(ACCOUNT) });
    await fixture.role(yours, [], { trust: trusting("111122223333") });
    await functions.create(mine, CONTENT, { Role: roleArn(mine) });
    await expect(functions.create(yours, CONTENT, { Role: roleArn(yours) })).rejects.toMatchObject(REFUSED);
  });

  it("is missed by the next execution environment when it is gone", async () => {
    const name = await functionWith();
    await fixture.iam.send(new DeleteRoleCommand({ RoleName: name }));
    await expect(functions.invoke(name)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: REFUSED.message,
    });
  });

  it("writes the log, or nobody does: the function runs all the same", async () => {
    const silent = await functionWith();
    const group = `/aws/lambda/${silent}`;
    expect((await functions.invoke(silent)).value).toBe("answer");
    const logs = useLogs();
    const speaking = await functionWith(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]));
    await functions.invoke(speaking);
    await functions.logged(speaking, "spoken");
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: group }));
    expect(logGroups.map(({ logGroupName }) => logGroupName)).not.toContain(group);
    logs.destroy();
  });

  it("needs no permission for a log group that is there", async () => {
    const logs = useLogs();
    const logGroupName = "/aws/lambda/prepared";
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    logs.destroy();
    const resource = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${logGroupName}:*`;
    const role = await fixture.role(
      uniqueName("prepared"),
      [allow(["logs:CreateLogStream", "logs:PutLogEvents"], resource)],
      {
        trust: LAMBDA,
      },
    );
    await functions.create("prepared", CONTENT, { Role: roleArn(role) });
    await functions.invoke("prepared");
    expect(await functions.logged("prepared", "spoken")).toContainEqual(expect.stringContaining("spoken"));
  });

  const useLogs = () => new CloudWatchLogsClient(fixture.target.clientConfig());
});

describe("CreateEventSourceMapping", () => {
  const ACTIONS = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];
  const kinesis = useClient(new KinesisClient(fixture.target.clientConfig()));
  const s3 = useClient(new S3Client({ ...fixture.target.clientConfig(), forcePathStyle: true }));
  const stream = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/source`;
  beforeAll(() => kinesis.send(new CreateStreamCommand({ StreamName: "source", ShardCount: 1 })));
  const map = (FunctionName: string) =>
    functions.lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: stream, StartingPosition: "LATEST" }),
    );

  it.each(ACTIONS)("refuses a function whose role lacks kinesis:%s", async (missing) => {
    const others = ACTIONS.filter((action) => action !== missing).map((action) => `kinesis:${action}`);
    await expect(map(await functionWith(allow(others, stream)))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `Cannot access stream ${stream}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.`,
    });
  });

  it("takes a function whose role may read the stream", async () => {
    const name = await functionWith(
      allow(
        ACTIONS.map((action) => `kinesis:${action}`),
        stream,
      ),
    );
    expect((await map(name)).State).toBe("Creating");
  });

  it("leaves a mapping to those who may deal with its function", async () => {
    const name = await functionWith(
      allow(
        ACTIONS.map((action) => `kinesis:${action}`),
        stream,
      ),
    );
    const { UUID } = await map(name);
    const read = async (functionName: string): Promise<string> => {
      const Condition = {
        ArnEquals: { "lambda:FunctionArn": `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${functionName}` },
      };
      const reader = await fixture.role(uniqueName("reader"), [
        { ...allow("lambda:GetEventSourceMapping"), Condition },
      ]);
      const lambda = new LambdaClient(await fixture.session(reader));
      const result = await outcome(lambda.send(new GetEventSourceMappingCommand({ UUID })));
      lambda.destroy();
      return result;
    };
    expect(await read(name)).toBe("allowed");
    expect(await read("another")).toMatch(/lambda:GetEventSourceMapping/);
  });

  it.each(["PutObject", "ListBucket"])("refuses a failures bucket when the role lacks s3:%s", async (missing) => {
    const Bucket = uniqueName("failures");
    await s3.send(new CreateBucketCommand({ Bucket }));
    const reading = ACTIONS.map((action) => `kinesis:${action}`);
    const others = ["s3:PutObject", "s3:ListBucket"].filter((action) => action !== `s3:${missing}`);
    const settings = {
      FunctionName: await functionWith(allow([...reading, ...others])),
      EventSourceArn: stream,
      StartingPosition: "LATEST",
      DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${Bucket}` } },
    } as const;
    await expect(functions.lambda.send(new CreateEventSourceMappingCommand(settings))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `The provided execution role does not have permissions to call ${missing} on S3`,
    });
  });

  it("is followed by a mapping that tells whom IAM refuses what, when a permission goes", async () => {
    const reading = ACTIONS.map((action) => `kinesis:${action}`);
    const name = await functionWith(allow(reading, stream));
    const { UUID } = await map(name);
    await fixture.permit(name, allow(reading.slice(0, -1), stream));
    const result = async () =>
      (await functions.lambda.send(new GetEventSourceMappingCommand({ UUID }))).LastProcessingResult;
    const settled = await eventually("the mapping is enabled", async () => {
      const update = functions.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 }));
      return update.catch(() => undefined);
    });
    expect(settled.BatchSize).toBe(5);
    const told = await eventually("a problem", async () => {
      const text = await result();
      return text?.startsWith("PROBLEM") ? text : undefined;
    });
    expect(told).toBe(
      `PROBLEM: User: ${sessionArn(name, UUID)} is not authorized to perform: kinesis:ListShards on resource: ${stream} because no identity-based policy allows the kinesis:ListShards action`,
    );
  });
});

describe("a function's policy", () => {
  const invoke = async (caller: string, settings: object) => {
    const lambda = new LambdaClient(await fixture.session(caller));
    const result = await outcome(lambda.send(new InvokeCommand(settings as { FunctionName: string })));
    lambda.destroy();
    return result;
  };

  it("allows the roles that it names to invoke", async () => {
    const FunctionName = await functionWith();
    const [named, other] = [await fixture.role(uniqueName("named")), await fixture.role(uniqueName("other"))];
    await functions.lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "s",
        Action: "lambda:InvokeFunction",
        Principal: roleArn(named),
      }),
    );
    expect(await invoke(named, { FunctionName })).toBe("allowed");
    expect(await invoke(named, { FunctionName, Qualifier: "$LATEST" })).toMatch(
      /\$LATEST because no identity-based policy/,
    );
    expect(await invoke(other, { FunctionName })).toBe(
      `User: ${sessionArn(other)} is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:${ACCOUNT}:function:${FunctionName} because no identity-based policy allows the lambda:InvokeFunction action`,
    );
  });
});

describe("CloudFormation", () => {
  const STACK = trustOf("cloudformation.amazonaws.com");
  const stack = useClient(new CloudFormationClient(fixture.target.clientConfig()));
  const { settled, reasons } = helpers(stack);
  const create = async (client: CloudFormationClient, StackName: string, RoleARN?: string) => {
    const TemplateBody = body({ Group: logGroup(`/${StackName}`) });
    await client.send(new CreateStackCommand({ StackName, TemplateBody, OnFailure: "DO_NOTHING", RoleARN }));
    return (await settled(StackName)).StackStatus;
  };

  it("may do for a deployer what the deployer may do", async () => {
    const deployer = await fixture.role(uniqueName("deployer"), [allow("cloudformation:*")]);
    const client = new CloudFormationClient(await fixture.session(deployer));
    expect(await create(client, `${deployer}-1`)).toBe("CREATE_FAILED");
    expect((await reasons(`${deployer}-1`, "Group")).join()).toContain(
      `User: ${sessionArn(deployer)} is not authorized to perform: logs:`,
    );
    await fixture.permit(deployer, allow("cloudformation:*"), {
      ...allow("logs:*"),
      Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": "cloudformation.amazonaws.com" } },
    });
    expect(await create(client, `${deployer}-2`)).toBe("CREATE_COMPLETE");
    const logs = new CloudWatchLogsClient(await fixture.session(deployer));
    expect(await outcome(logs.send(new CreateLogGroupCommand({ logGroupName: "/own" })))).toMatch(/not authorized/);
    for (const used of [client, logs]) used.destroy();
  });

  it("acts as the stack's role, which has to trust it", async () => {
    const role = await fixture.role(uniqueName("stack"), [allow("logs:*")], { trust: STACK });
    const deployer = await fixture.role(uniqueName("deployer"), [
      allow("cloudformation:*"),
      allow("iam:PassRole", roleArn(role)),
    ]);
    const client = new CloudFormationClient(await fixture.session(deployer));
    expect(await create(client, deployer, roleArn(role))).toBe("CREATE_COMPLETE");
    client.destroy();
    const other = await fixture.role(uniqueName("untrusting"), [allow("*")]);
    await expect(create(stack, uniqueName("none"), roleArn(other))).rejects.toMatchObject({
      message: `Role ${roleArn(other)} is invalid or cannot be assumed`,
    });
  });
});

describe("--iam off", () => {
  const off = new LambdaFixture({ iam: "off" });

  it("takes roles that are not there, which may do everything", async () => {
    await off.create("f", CONTENT, { Role: roleArn("nobody") });
    expect((await off.invoke("f")).value).toBe("answer");
    expect(await off.logged("f", "spoken")).toContainEqual(expect.stringContaining("spoken"));
  });
});

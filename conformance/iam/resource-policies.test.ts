import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateStreamCommand, DescribeStreamSummaryCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { CreateTopicCommand, PublishCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ACCOUNT, outcome, policyOf, RoleFixture, roleArn, sessionArn, type Statement, uniqueName } from "./fixture.ts";
import { useClient, type TargetConfig } from "../target.ts";

const fixture = new RoleFixture();
const root = useClient(new S3Client({ ...fixture.target.clientConfig(), forcePathStyle: true }));
const OBJECTS = { Action: "s3:*", Resource: ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"] } as const;
const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" } as const;

beforeAll(async () => {
  await root.send(new CreateBucketCommand({ Bucket: "shared" }));
  await root.send(new DeletePublicAccessBlockCommand({ Bucket: "shared" }));
  await root.send(new PutObjectCommand({ Bucket: "shared", Key: "k", Body: "x" }));
});

/** What becomes of a read by a session of a role; `me` is the role's name. */
async function read(
  policy: (me: string) => readonly Statement[],
  { own = [], session }: { own?: readonly Statement[]; session?: readonly Statement[] } = {},
): Promise<string> {
  const name = await fixture.role(uniqueName("reader"), own);
  await root.send(new PutBucketPolicyCommand({ Bucket: "shared", Policy: policyOf(...policy(name)) }));
  const s3 = new S3Client(await fixture.session(name, { ...(session && { Policy: policyOf(...session) }) }));
  const result = await outcome(s3.send(new GetObjectCommand({ Bucket: "shared", Key: "k" })));
  s3.destroy();
  await root.send(new DeleteBucketPolicyCommand({ Bucket: "shared" }));
  return result.replaceAll(name, "ROLE");
}

const to = (Principal: unknown, rest: object = {}): Statement => ({ Effect: "Allow", Principal, ...OBJECTS, ...rest });
const refusal = (why: string): string =>
  `User: ${sessionArn("ROLE")} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::shared/k" ${why}`;
const NO_IDENTITY = refusal("because no identity-based policy allows the s3:GetObject action");

describe("a bucket's policy", () => {
  it.each<[string, string, (me: string) => readonly Statement[]]>([
    ["that names the role", "allowed", (me) => [to({ AWS: roleArn(me) })]],
    ["that names the session", "allowed", (me) => [to({ AWS: sessionArn(me) })]],
    ["that names everybody", "allowed", () => [to("*")]],
    [
      "that names everybody on a condition",
      "allowed",
      (me) => [to("*", { Condition: { ArnLike: { "aws:PrincipalArn": roleArn(me) } } })],
    ],
    ["that names the account, whose own policies then have to allow it", NO_IDENTITY, () => [to({ AWS: ACCOUNT })]],
    ["that names another role", NO_IDENTITY, () => [to({ AWS: roleArn("other") })]],
    ["that names a service", NO_IDENTITY, () => [to({ Service: "lambda.amazonaws.com" })]],
    ["that names another session of the role", NO_IDENTITY, (me) => [to({ AWS: sessionArn(me, "other") })]],
    [
      "that is about other objects",
      NO_IDENTITY,
      (me) => [to({ AWS: roleArn(me) }, { Resource: "arn:aws:s3:::shared/other" })],
    ],
  ])("%s", async (_case, expected, policy) => {
    expect(await read(policy)).toBe(expected);
  });

  const DENIED = refusal("with an explicit deny in a resource-based policy");
  const denying = (rest: object): Statement => ({ Effect: "Deny", ...OBJECTS, ...rest });

  it.each<[string, string, (me: string) => readonly Statement[]]>([
    ["that denies the role", DENIED, (me) => [denying({ Principal: { AWS: roleArn(me) } })]],
    ["that denies the account", DENIED, () => [denying({ Principal: { AWS: ACCOUNT } })]],
    ["that denies everybody but others", DENIED, () => [denying({ NotPrincipal: { AWS: roleArn("other") } })]],
    [
      "that denies everybody but this session",
      "allowed",
      (me) => [denying({ NotPrincipal: { AWS: [roleArn(me), sessionArn(me), `arn:aws:iam::${ACCOUNT}:root`] } })],
    ],
    [
      "that denies what does not come by HTTPS",
      "allowed",
      () => [denying({ Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
    ],
  ])("%s, to a role that may read", async (_case, expected, policy) => {
    expect(await read(policy, { own: [READ] })).toBe(expected);
  });

  it("is limited by the session's policy where it names the role, and not where it names the session", async () => {
    const session = [{ ...READ, Action: "s3:ListBucket" }];
    expect(await read((me) => [to({ AWS: roleArn(me) })], { session })).toBe(
      refusal("because no session policy allows the s3:GetObject action"),
    );
    expect(await read((me) => [to({ AWS: sessionArn(me) })], { session })).toBe("allowed");
  });

  it("denies root too, except for the policy itself", async () => {
    const everything = { Action: "s3:*", Resource: ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"] };
    const Policy = policyOf(denying({ Principal: "*", ...everything }));
    await root.send(new PutBucketPolicyCommand({ Bucket: "shared", Policy }));
    expect(await outcome(root.send(new GetObjectCommand({ Bucket: "shared", Key: "k" })))).toMatch(
      /^User: arn:aws:iam::\d+:root is not authorized .+ with an explicit deny in a resource-based policy$/,
    );
    await root.send(new DeleteBucketPolicyCommand({ Bucket: "shared" }));
  });
});

describe("the root of another account", () => {
  const FOREIGN = "111111111111";
  const clientsOf = (config: TargetConfig) => ({
    kinesis: useClient(new KinesisClient(config)),
    s3: useClient(new S3Client({ ...config, forcePathStyle: true })),
    sns: useClient(new SNSClient(config)),
    sqs: useClient(new SQSClient(config)),
  });
  const owner = clientsOf(fixture.target.clientConfig());
  const guest = clientsOf({
    ...fixture.target.clientConfig(),
    credentials: { accessKeyId: FOREIGN, secretAccessKey: "test" },
  });
  const allow = (Action: string, Resource: string) =>
    policyOf({ Effect: "Allow", Principal: { AWS: FOREIGN }, Action, Resource });
  const refused = (action: string, resource: string): string =>
    `User: arn:aws:iam::${FOREIGN}:root is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`;

  it("may use a queue as far as the queue's policy says", async () => {
    const { QueueUrl } = await owner.sqs.send(new CreateQueueCommand({ QueueName: "lent" }));
    const arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:lent`;
    const send = () => outcome(guest.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })));
    expect(await send()).toMatch(/sqs:sendmessage on resource: .*:lent/i);
    await owner.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: allow("sqs:SendMessage", arn) } }),
    );
    expect(await send()).toBe("allowed");
  });

  it("may use a topic as far as the topic's policy says", async () => {
    const { TopicArn = "" } = await owner.sns.send(new CreateTopicCommand({ Name: "lent" }));
    const publish = () => outcome(guest.sns.send(new PublishCommand({ TopicArn, Message: "x" })));
    expect(await publish()).toContain(refused("SNS:Publish", TopicArn));
    const AttributeValue = allow("sns:Publish", TopicArn);
    await owner.sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
    expect(await publish()).toBe("allowed");
  });

  it("may not use what has no policy", async () => {
    await owner.kinesis.send(new CreateStreamCommand({ StreamName: "kept", ShardCount: 1 }));
    const StreamARN = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/kept`;
    expect(await outcome(guest.kinesis.send(new DescribeStreamSummaryCommand({ StreamARN })))).toBe(
      refused("kinesis:DescribeStreamSummary", StreamARN),
    );
  });

  it("may not read a bucket", async () => {
    expect(await outcome(guest.s3.send(new GetObjectCommand({ Bucket: "shared", Key: "k" })))).toBe("Access Denied");
  });
});

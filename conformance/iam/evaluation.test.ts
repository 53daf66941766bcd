import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ACCOUNT, outcome, policyOf, RoleFixture, sessionArn, type Statement, uniqueName } from "./fixture.ts";

const fixture = new RoleFixture();
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/tab`;
const allow = (rest: object): Statement => ({ Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*", ...rest });
const deny = (rest: object): Statement => ({ ...allow(rest), Effect: "Deny" });
const when = (Condition: object): Statement => allow({ Condition });

/** What becomes of a PutItem into the table `tab` by a session of a role with these statements. */
async function putItem(
  statements: readonly Statement[],
  { tags = {}, document = policyOf(...statements) }: { tags?: Record<string, string>; document?: string } = {},
): Promise<boolean> {
  const name = uniqueName("r");
  await fixture.role(name, [], { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
  await fixture.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "p", PolicyDocument: document }));
  const dynamodb = new DynamoDBClient(await fixture.session(name));
  const result = await outcome(
    dynamodb.send(new PutItemCommand({ TableName: "tab", Item: { k: { S: "a" }, color: { S: "red" } } })),
  );
  dynamodb.destroy();
  return result.startsWith("allowed");
}

describe("actions and resources", () => {
  it.each<[string, boolean, Statement[]]>([
    ["nothing is allowed without a statement about it", false, [allow({ Action: "dynamodb:GetItem" })]],
    ["an action by its name", true, [allow({})]],
    ["an action in any case", true, [allow({ Action: "DynamoDB:putitem" })]],
    ["one of several actions", true, [allow({ Action: ["s3:*", "dynamodb:PutItem"] })]],
    ["a star for the rest of an action", true, [allow({ Action: "dynamodb:Put*" })]],
    ["a star inside an action", true, [allow({ Action: "dynamodb:*Item" })]],
    ["a question mark for one character", true, [allow({ Action: "dynamodb:Pu?Item" })]],
    ["a question mark for no character", false, [allow({ Action: "dynamodb:PutItem?" })]],
    ["NotAction of others", true, [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }]],
    ["NotAction of itself", false, [{ Effect: "Allow", NotAction: "dynamodb:*", Resource: "*" }]],
    ["a resource by its ARN", true, [allow({ Resource: TABLE })]],
    ["another resource", false, [allow({ Resource: `${TABLE}le` })]],
    ["a resource in another case", false, [allow({ Resource: TABLE.replace("table/tab", "table/Tab") })]],
    ["a star in parts of the ARN", true, [allow({ Resource: "arn:aws:dynamodb:*:*:table/*" })]],
    ["a question mark in the ARN", true, [allow({ Resource: `arn:aws:dynamodb:us-east-?:${ACCOUNT}:table/ta?` })]],
    ["one of several resources", true, [allow({ Resource: ["arn:aws:s3:::b", TABLE] })]],
    ["a null in a list is nothing", true, [allow({ Action: [null, "dynamodb:*"], Resource: [null, "*"] })]],
    ["an operator without keys", true, [allow({ Condition: { Unknown: {} } })]],
    ["NotResource of others", true, [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::*" }]],
    ["NotResource of itself", false, [{ Effect: "Allow", Action: "*", NotResource: TABLE }]],
    ["an explicit deny beside an allow", false, [allow({}), deny({ Action: "dynamodb:*" })]],
    ["an explicit deny before an allow", false, [deny({}), allow({})]],
    ["a deny of something else", true, [allow({}), deny({ Resource: `${TABLE}/index/*` })]],
    [
      "a deny whose condition does not hold",
      true,
      [allow({}), deny({ Condition: { Null: { "aws:PrincipalArn": "true" } } })],
    ],
  ])("%s: %s", async (_case, expected, statements) => {
    expect(await putItem(statements)).toBe(expected);
  });
});

describe("condition operators", () => {
  const ROLE = `arn:aws:iam::${ACCOUNT}:role/*`;
  it.each<[string, boolean, object]>([
    ["StringEquals", true, { StringEquals: { "aws:PrincipalAccount": ACCOUNT } }],
    ["StringEquals of several", true, { StringEquals: { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } }],
    ["StringEquals knows no wildcards", false, { StringEquals: { "aws:RequestedRegion": "us-*" } }],
    ["keys in any case", true, { StringEquals: { "AWS:requestedregion": "us-east-1" } }],
    ["several keys: all", false, { StringEquals: { "aws:PrincipalAccount": ACCOUNT, "aws:RequestedRegion": "x" } }],
    [
      "several operators: all",
      false,
      { StringEquals: { "aws:PrincipalAccount": ACCOUNT }, Bool: { "aws:ViaAWSService": "true" } },
    ],
    ["a key that objects have", false, { StringEquals: { constructor: "x" } }],
    ["a key that is missing", false, { StringEquals: { "aws:SourceArn": "*" } }],
    ["StringNotEquals", false, { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } }],
    ["StringNotEquals of a key that is missing", true, { StringNotEquals: { "aws:SourceArn": "x" } }],
    ["StringEqualsIgnoreCase", true, { StringEqualsIgnoreCase: { "aws:RequestedRegion": "US-East-1" } }],
    ["StringNotEqualsIgnoreCase", false, { StringNotEqualsIgnoreCase: { "aws:RequestedRegion": "US-East-1" } }],
    ["StringLike", true, { StringLike: { "aws:RequestedRegion": "us-*-?" } }],
    ["StringNotLike", false, { StringNotLike: { "aws:RequestedRegion": "us-*" } }],
    ["IfExists of a key that is there", false, { StringEqualsIfExists: { "aws:RequestedRegion": "x" } }],
    ["IfExists of a key that is missing", true, { StringEqualsIfExists: { "aws:SourceArn": "x" } }],
    ["NumericLessThan", true, { NumericLessThan: { "aws:EpochTime": "99999999999" } }],
    ["NumericGreaterThan", false, { NumericGreaterThan: { "aws:EpochTime": 99999999999 } }],
    ["NumericEquals of no number", false, { NumericEquals: { "aws:RequestedRegion": "us-east-1" } }],
    ["DateGreaterThan", true, { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }],
    ["DateLessThan", false, { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }],
    ["DateLessThanEquals with epoch seconds", true, { DateLessThanEquals: { "aws:CurrentTime": "9999999999" } }],
    ["dates without zeros and minutes", true, { DateGreaterThan: { "aws:CurrentTime": "2020-1-1t5Z" } }],
    ["an offset of hours", true, { DateGreaterThan: { "aws:CurrentTime": ["2020-01-01T00:00:00.5+01"] } }],
    ["years without end", true, { DateLessThan: { "aws:CurrentTime": "292278993-01-01" } }],
    ["years before all", false, { DateLessThan: { "aws:CurrentTime": "-292275054-01-01" } }],
    ["Bool", true, { Bool: { "aws:SecureTransport": "TRUE" } }],
    ["Bool of the JSON kind", false, { Bool: { "aws:ViaAWSService": true } }],
    ["IpAddress by range", true, { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8", "::1/128"] } }],
    ["IpAddress of others", false, { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }],
    ["NotIpAddress", true, { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }],
    ["ArnLike", true, { ArnLike: { "aws:PrincipalArn": ROLE } }],
    ["ArnEquals takes wildcards too", true, { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/r-*" } }],
    ["ArnLike compares part by part", false, { ArnLike: { "aws:PrincipalArn": "arn:aws:*:role/*" } }],
    ["ArnNotLike", false, { ArnNotLike: { "aws:PrincipalArn": ROLE } }],
    ["ArnNotEquals", true, { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/*" } }],
    ["BinaryEquals", true, { BinaryEquals: { "aws:PrincipalAccount": ACCOUNT } }],
    ["Null of a key that is there", false, { Null: { "aws:PrincipalArn": "true" } }],
    ["Null of a key that is missing", true, { Null: { "aws:SourceArn": true } }],
    ["ForAllValues", true, { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["k", "color", "size"] } }],
    ["ForAllValues with one beside", false, { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["k"] } }],
    ["ForAllValues of a key that is missing", true, { "ForAllValues:StringEquals": { "aws:TagKeys": ["k"] } }],
    ["ForAnyValue", true, { "ForAnyValue:StringLike": { "dynamodb:Attributes": "col*" } }],
    ["ForAnyValue of none", false, { "ForAnyValue:StringEquals": { "dynamodb:Attributes": ["size"] } }],
    ["ForAnyValue of a key that is missing", false, { "ForAnyValue:StringEquals": { "aws:TagKeys": ["k"] } }],
    ["ForAnyValue with Not", true, { "ForAnyValue:StringNotEquals": { "dynamodb:Attributes": "k" } }],
    ["ForAllValues with Not", false, { "ForAllValues:StringNotEquals": { "dynamodb:Attributes": "k" } }],
  ])("%s: %s", async (_case, expected, condition) => {
    expect(await putItem([when(condition)])).toBe(expected);
  });
});

describe("dynamodb:Attributes", () => {
  it("has the attributes of legacy parameters too", async () => {
    const Condition = { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["k", "a"] } };
    const mayA = allow({ Action: "dynamodb:UpdateItem", Condition });
    const dynamodb = new DynamoDBClient(await fixture.session(await fixture.role(uniqueName("legacy"), [mayA])));
    const update = async (updated: string, expected: string) => {
      const AttributeUpdates = { [updated]: { Value: { S: "1" } } };
      const legacy = { AttributeUpdates, Expected: { [expected]: { Exists: false } } };
      const call = new UpdateItemCommand({ TableName: "tab", Key: { k: { S: "legacy" } }, ...legacy });
      return (await outcome(dynamodb.send(call))).startsWith("allowed");
    };
    expect([await update("a", "a"), await update("b", "a"), await update("a", "b")]).toEqual([true, false, false]);
    dynamodb.destroy();
  });
});

describe("policy variables", () => {
  const tags = { table: "tab", team: "blue" };
  it.each<[string, boolean, Statement]>([
    [
      "a tag of the role in a resource",
      true,
      allow({ Resource: `arn:aws:dynamodb:*:*:table/\${aws:PrincipalTag/table}` }),
    ],
    ["a tag of another value", false, allow({ Resource: `arn:aws:dynamodb:*:*:table/\${aws:PrincipalTag/team}` })],
    ["a variable without a value", false, allow({ Resource: "arn:aws:dynamodb:*:*:table/${aws:username}*" })],
    ["a default value", true, allow({ Resource: "arn:aws:dynamodb:*:*:table/${aws:username, 'tab'}" })],
    ["in a condition", true, when({ StringLike: { "aws:userid": "${aws:userid}" } })],
    ["with wildcards around it", true, when({ StringLike: { "aws:PrincipalArn": "*${aws:PrincipalAccount}*" } })],
    ["an escaped star", false, allow({ Resource: "arn:aws:dynamodb:*:*:table/${*}" })],
  ])("%s: %s", async (_case, expected, statement) => {
    expect(await putItem([statement], { tags })).toBe(expected);
  });

  it("are plain text before version 2012-10-17", async () => {
    const statement = when({ StringEquals: { "aws:PrincipalTag/team": "${aws:PrincipalTag/team}" } });
    const of = (Version: string) => ({ tags, document: JSON.stringify({ Version, Statement: [statement] }) });
    expect(await putItem([], of("2012-10-17"))).toBe(true);
    expect(await putItem([], of("2008-10-17"))).toBe(false);
  });
});

describe("a refusal", () => {
  it("names the principal, the action, the resource and that no policy allows it", async () => {
    const name = await fixture.role(uniqueName("plain"));
    const dynamodb = new DynamoDBClient(await fixture.session(name));
    await expect(
      dynamodb.send(new PutItemCommand({ TableName: "tab", Item: { k: { S: "a" } } })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: ${sessionArn(name)} is not authorized to perform: dynamodb:PutItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
      $metadata: { httpStatusCode: 400 },
    });
    dynamodb.destroy();
  });

  it("says so where a policy denies it", async () => {
    const name = await fixture.role(uniqueName("denied"), [allow({ Action: "*" }), deny({ Action: "s3:Put*" })]);
    const s3 = new S3Client(await fixture.session(name));
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    await expect(s3.send(new PutObjectCommand({ Bucket: name, Key: "k", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${sessionArn(name)} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${name}/k" with an explicit deny in an identity-based policy`,
      $metadata: { httpStatusCode: 403 },
    });
    s3.destroy();
  });

  it("is over with the next call when a policy of the role changes", async () => {
    const name = await fixture.role(uniqueName("changing"));
    const dynamodb = new DynamoDBClient(await fixture.session(name));
    const put = () => outcome(dynamodb.send(new PutItemCommand({ TableName: "tab", Item: { k: { S: "a" } } })));
    expect(await put()).toMatch(/not authorized/);
    await fixture.permit(name, allow({}));
    expect(await put()).toMatch(/^allowed/);
    await fixture.forbid(name);
    expect(await put()).toMatch(/not authorized/);
    dynamodb.destroy();
  });
});

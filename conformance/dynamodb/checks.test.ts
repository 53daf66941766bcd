import { callRaw } from "../raw-request.ts";
import { useDynamoDb } from "./support.ts";

const { target } = useDynamoDb();

/** What a request is refused with that names a table that is not there, or none. */
async function refused(operation: string, input: object): Promise<string> {
  const body = JSON.stringify({ TableName: "absent", ...input });
  const response = await callRaw(target, "dynamodb", `DynamoDB_20120810.${operation}`, body);
  const { message } = (await response.json()) as { message: string };
  return message;
}

const COUNTED = "1 validation error detected: ";
const INVALID = "One or more parameter values were invalid: ";
const KEY = { pk: { S: "a" } };
const LONG = " ".repeat(4_097);
const TOO_LONG = "Expression size has exceeded the maximum allowed size;";
const TOO_DEEP =
  "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

/** A value in as many lists. */
const nested = (levels: number): object => (levels === 0 ? { S: "a" } : { L: [nested(levels - 1)] });
const inItem = (value: object) => ["PutItem", { Item: { ...KEY, a: value } }] as const;
const inKey = (value: object) => ["GetItem", { Key: { pk: value } }] as const;
const inBatch = (value: object) =>
  ["BatchWriteItem", { RequestItems: { absent: [{ PutRequest: { Item: { pk: value } } }] } }] as const;
const inCondition = (value: object) =>
  ["DeleteItem", { Key: KEY, ConditionExpression: "a = :v", ExpressionAttributeValues: { ":v": value } }] as const;
const started = (operation: "Query" | "Scan", value: object) =>
  [
    operation,
    {
      ...(operation === "Query" && {
        KeyConditionExpression: "pk = :v",
        ExpressionAttributeValues: { ":v": { S: "a" } },
      }),
      ExclusiveStartKey: { pk: value },
    },
  ] as const;
const member = (name: string, constraint: string) => `Value at '${name}' failed to satisfy constraint: ${constraint}`;
const AT_LEAST_1 = "Member must have value greater than or equal to 1";
const NO_RETURN_VALUES =
  "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]";

type Case = readonly [call: readonly [operation: string, input: object], message: string];

const VALUES: readonly Case[] = [
  [inItem({ N: "" }), `${COUNTED}The parameter cannot be converted to a numeric value: `],
  [inKey({ N: "" }), "The parameter cannot be converted to a numeric value: "],
  [inBatch({ N: "" }), "The parameter cannot be converted to a numeric value"],
  [
    inItem({ SS: ["c", "b", "b", "a"] }),
    `${COUNTED}${INVALID}Input collection ["b", "c", "b", "a"] contains duplicates.`,
  ],
  [inKey({ BS: ["YQ==", "YQ=="] }), `${INVALID}Input collection ["YQ==","YQ=="]of type BS contains duplicates.`],
  [inKey({ NS: ["1", "1.0"] }), `${INVALID}Input collection contains duplicates.`],
  [inBatch({ NS: ["1", "1.0"] }), "Input collection contains duplicates"],
  [inCondition({ N: "x" }), `${COUNTED}The parameter cannot be converted to a numeric value: x`],
  [
    inCondition({ SS: [] }),
    `${COUNTED}ExpressionAttributeValues contains invalid value: ${INVALID}An string set  may not be empty for key :v`,
  ],
  [inItem(nested(33)), `${COUNTED}${TOO_DEEP}`],
  [inItem(nested(64)), TOO_DEEP],
  [inCondition(nested(64)), `ExpressionAttributeValues contains invalid value: ${TOO_DEEP} for key :v`],
  [started("Query", { N: "x" }), "The parameter cannot be converted to a numeric value: x"],
  [
    started("Scan", { N: "x" }),
    "The provided starting key is invalid: The parameter cannot be converted to a numeric value: x",
  ],
];

const EXPRESSIONS: readonly Case[] = [
  [
    ["UpdateItem", { Key: KEY, UpdateExpression: "SET" }],
    `${COUNTED}Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"`,
  ],
  [["DeleteItem", { Key: KEY, ConditionExpression: LONG }], `${COUNTED}Invalid ConditionExpression: ${TOO_LONG}`],
  [["GetItem", { Key: KEY, ProjectionExpression: LONG }], `Invalid ProjectionExpression: ${TOO_LONG}`],
  [
    ["TransactGetItems", { TransactItems: [{ Get: { TableName: "absent", Key: KEY, ProjectionExpression: LONG } }] }],
    `Invalid ProjectionExpression: ${TOO_LONG} expression size: 4097`,
  ],
];

const MEMBERS: readonly Case[] = [
  [
    ["PutItem", { TableName: "" }],
    `${COUNTED}${member("TableName", "Member must have length greater than or equal to 1")}`,
  ],
  [
    ["GetItem", { TableName: "a!", Key: KEY }],
    `${COUNTED}Value 'a!' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3`,
  ],
  ...["Query", "Scan"].map((operation): Case => [
    [operation, { AttributesToGet: [] }],
    `${COUNTED}Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ]),
  [["DeleteItem", { Key: KEY, ReturnValues: "ALL" }], `${COUNTED}${NO_RETURN_VALUES}`],
  [["DeleteItem", { Key: KEY, ReturnValues: "ALL_NEW" }], `${COUNTED}ReturnValues can only be ALL_OLD or NONE`],
  [["UpdateItem", { Key: KEY, ReturnValues: "ALL", ReturnConsumedCapacity: "ALL" }], `${COUNTED}${NO_RETURN_VALUES}`],
  [
    ["Scan", { TableName: "", Limit: 0, Segment: 1_000_000, TotalSegments: 0 }],
    "4 validation errors detected: " +
      [
        member("Limit", AT_LEAST_1),
        member("Segment", "Member must have value less than or equal to 999999"),
        member("TotalSegments", AT_LEAST_1),
        member("TableName", "Member must have length greater than or equal to 1"),
      ].join("; "),
  ],
  [
    ["Query", { KeyConditions: { pk: { AttributeValueList: [{ S: "a" }] } } }],
    `${COUNTED}Value null at 'keyConditions.pk.member.comparisonOperator' failed to satisfy constraint: Member must not be null`,
  ],
  [
    ["Scan", { Select: "ALL", FilterExpression: "a" }],
    'Invalid FilterExpression: Syntax error; token: "<EOF>", near: "a"',
  ],
  [
    ["Scan", { Select: "ALL" }],
    `${COUNTED}Value 'ALL' at 'select' failed to satisfy constraint: ` +
      "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
  ],
];

const FIRST: readonly Case[] = [
  [["GetItem", { Key: KEY, AttributesToGet: [""] }], "Empty attribute name"],
  [["UpdateItem", { Key: KEY, AttributeUpdates: { "": { Value: KEY.pk } } }], `${COUNTED}Empty attribute name`],
  [
    ["UpdateItem", { Key: KEY, UpdateExpression: "", ConditionExpression: "" }],
    `${COUNTED}Invalid ConditionExpression: The expression can not be empty;`,
  ],
  [
    ["BatchGetItem", { RequestItems: { absent: { Keys: [{ pk: {} }], AttributesToGet: ["a", "a"] } } }],
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ],
  [
    ["Scan", { ExclusiveStartKey: { pk: {} }, ScanFilter: { a: { ComparisonOperator: "EQ" } } }],
    `${INVALID}Invalid number of argument(s) for the EQ ComparisonOperator`,
  ],
  [
    ["Query", { KeyConditions: { pk: { ComparisonOperator: "EQ" } }, ExclusiveStartKey: { pk: {} } }],
    "The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
  ],
  [
    ["Query", { KeyConditions: { pk: { ComparisonOperator: "NE", AttributeValueList: [{ S: "a" }] } } }],
    "Requested resource not found",
  ],
];

describe("a request is refused before its table is looked for", () => {
  it("for a name of 64 KB, wherever it is", async () => {
    const [name, tooLong] = ["x".repeat(65_535), "é".repeat(32_768)];
    const problem = "Attribute name is too large, must be less than 65536 bytes";
    const inNames = (attribute: string) => ({
      Key: KEY,
      ProjectionExpression: "#n",
      ExpressionAttributeNames: { "#n": attribute },
    });
    expect(await refused(...inItem({ M: { [tooLong]: { S: "a" } } }))).toBe(`${COUNTED}${problem}`);
    expect(await refused("GetItem", inNames(tooLong))).toBe(
      `ExpressionAttributeNames contains invalid value: ${problem} for key #n`,
    );
    const notThere = "Requested resource not found";
    expect([await refused(...inItem({ M: { [name]: { S: "a" } } })), await refused("GetItem", inNames(name))]).toEqual([
      notThere,
      notThere,
    ]);
  });

  it.each([...VALUES, ...EXPRESSIONS, ...MEMBERS, ...FIRST])("%j", async ([operation, input], message) => {
    expect(await refused(operation, input)).toBe(message);
  });
});

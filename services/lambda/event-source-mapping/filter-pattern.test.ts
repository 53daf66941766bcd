import { compilePattern } from "./filter-pattern.ts";

describe("compilePattern", () => {
  it.each([
    "",
    "single-string",
    "[]",
    "null",
    "{}",
    '[{"eventName": ["INSERT"=123}]',
    '{"eventName":"INSERT"}',
    '{"eventName":[]}',
    '{"data":{"a":[{"contains":"x"}]}}',
  ])("refuses %s in Lambda's words", (text) => {
    expect(() => compilePattern(text)).toThrow("Invalid filter pattern definition.");
  });

  it("matches a record of a DynamoDB stream by its types", () => {
    const record = {
      eventName: "INSERT",
      dynamodb: { NewImage: { id: { S: "a" }, done: { BOOL: true }, n: { N: "101" } } },
    };
    const matches = (pattern: object) => compilePattern(JSON.stringify(pattern))(record);
    expect(matches({ eventName: ["INSERT"], dynamodb: { NewImage: { done: { BOOL: [true] } } } })).toBe(true);
    expect(matches({ dynamodb: { NewImage: { id: ["a"] } } })).toBe(false);
    expect(matches({ dynamodb: { NewImage: { id: [{ exists: true }] } } })).toBe(false);
    expect(matches({ dynamodb: { NewImage: { id: { S: [{ exists: true }] } } } })).toBe(true);
    expect(matches({ dynamodb: { NewImage: { homemade: { S: [{ exists: false }] } } } })).toBe(true);
    expect(matches({ dynamodb: { NewImage: { n: { N: [{ numeric: [">", 100] }] } } } })).toBe(false);
  });
});

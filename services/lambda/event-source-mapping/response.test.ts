import { describe, expect, it } from "@jest/globals";
import { records } from "./event-factory.ts";
import { partialOutcome, windowStateOf } from "./response.ts";

const outcomeOf = (answer: unknown) => partialOutcome(JSON.stringify(answer), records(5)).kind;

describe("partialOutcome", () => {
  it.each([[null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    "takes %j as complete success",
    (answer) => {
      expect(outcomeOf(answer)).toBe("success");
    },
  );

  it("takes no answer as complete success", () => {
    expect(partialOutcome("", records(5)).kind).toBe("success");
  });

  it.each([
    ["text"],
    [42],
    [[]],
    [{ batchItemFailures: "1001" }],
    [{ batchItemFailures: ["1001"] }],
    [{ batchItemFailures: [null] }],
    [{ batchItemFailures: [{ itemIdentifier: "" }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ itemIdentifier: 1001 }] }],
    [{ batchItemFailures: [{ bad: "1001" }] }],
    [{ batchItemFailures: [{ itemIdentifier: "1001" }, { itemIdentifier: "77" }] }],
  ])("takes %j as complete failure", (answer) => {
    expect(outcomeOf(answer)).toBe("failure");
  });

  it("takes those that are listed as failed", () => {
    const answer = {
      batchItemFailures: [{ itemIdentifier: "1003" }, { itemIdentifier: "1002" }, { itemIdentifier: "1004" }],
    };
    expect(partialOutcome(JSON.stringify(answer), records(5))).toEqual({
      kind: "partial",
      failed: new Set(["1002", "1003", "1004"]),
    });
  });
});

describe("windowStateOf", () => {
  it("takes the state of an answer, which is an object", () => {
    expect(windowStateOf('{"state":{"count":1}}')).toBe('{"count":1}');
  });

  it.each(["", "null", "[]", "{}", '{"state":null}', '{"state":1}', '{"state":[1]}'])("finds none in %j", (answer) => {
    expect(windowStateOf(answer)).toBeUndefined();
  });
});

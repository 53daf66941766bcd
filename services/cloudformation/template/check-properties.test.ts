import {
  choice,
  decimal,
  document,
  flag,
  integer,
  list,
  map,
  object,
  readOnly,
  refused,
  required,
  text,
} from "../properties.ts";
import { checkProperties } from "./check-properties.ts";
import { type Evaluated, Unknown } from "./value.ts";

const table = {
  Name: required(text({ min: 2, max: 5, pattern: /^[a-z]+$/ })),
  Count: integer({ min: 1, max: 10 }),
  Weight: decimal(),
  On: flag(),
  Mode: choice("A", "B"),
  Days: choice(1, 7),
  Policy: document(),
  Inner: object({ Key: required(text()), Gone: refused() }),
  Names: list(text(), { max: 2 }),
  Variables: map(text()),
  Later: refused([], { Enabled: false }),
  Arn: readOnly(),
};

const check = (given: { [name: string]: Evaluated }) => checkProperties(table, { Name: "abc", ...given });
const complaints = (given: { [name: string]: Evaluated }) => check(given).violations.map(({ text: each }) => each);

describe("properties of a resource", () => {
  it("come into the types of their table", () => {
    const given = {
      Count: "5",
      Weight: "0.5",
      On: "true",
      Days: "7",
      Policy: '{"a":1}',
      Names: [1],
      Variables: { a: true },
    };
    expect(check(given)).toEqual({
      properties: {
        Name: "abc",
        Count: 5,
        Weight: 0.5,
        On: true,
        Days: 7,
        Policy: { a: 1 },
        Names: ["1"],
        Variables: { a: "true" },
      },
      violations: [],
    });
  });

  it.each<[{ [name: string]: Evaluated }, string]>([
    [{ Name: "a" }, "#/Name: expected minLength: 2, actual: 1"],
    [{ Name: "abcdef" }, "#/Name: expected maxLength: 5, actual: 6"],
    [{ Name: "aB" }, "#/Name: string [aB] does not match pattern ^[a-z]+$"],
    [{ Count: 0 }, "#/Count: 0 is not greater or equal to 1"],
    [{ Count: "1.5" }, "#/Count: expected type: Integer, found: String"],
    [{ On: "yes" }, "#/On: expected type: Boolean, found: String"],
    [{ Mode: "C" }, '#/Mode: "C" is not a valid enum value'],
    [{ Policy: "x" }, "#/Policy: expected type: JSONObject, found: String"],
    [{ Inner: {} }, "#/Inner: required key [Key] not found"],
    [{ Inner: { Key: "a", Other: 1 } }, "#/Inner: extraneous key [Other] is not permitted"],
    [{ Names: ["a", "b", "c"] }, "#/Names: expected maximum item count: 2, found: 3"],
    [{ Names: "a" }, "#/Names: expected type: JSONArray, found: String"],
    [{ Unheard: 1 }, "#: extraneous key [Unheard] is not permitted"],
    [{ Arn: "x" }, "Encountered unsupported property Arn"],
  ])("%j is refused", (given, message) => {
    expect(complaints(given)).toEqual([message]);
  });

  it("that AWS has and Headwater has not are refused by name, unless they change nothing", () => {
    expect(check({ Later: { Enabled: true } }).violations).toEqual([
      { text: "Later is not supported by Headwater", refused: true },
    ]);
    expect(complaints({ Inner: { Key: "a", Gone: 1 } })).toEqual(["Inner.Gone is not supported by Headwater"]);
    expect(check({ Later: [] })).toEqual({ properties: { Name: "abc" }, violations: [] });
    expect(complaints({ Later: { Enabled: false } })).toEqual([]);
    expect(complaints({ Later: { Enabled: "false" } })).toEqual([]);
  });

  it("that are not known yet pass", () => {
    const later = new Unknown(["A"]);
    expect(check({ Name: later, Count: later, Inner: { Key: later } }).violations).toEqual([]);
  });
});

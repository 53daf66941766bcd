import fc from "fast-check";
import { AwsError } from "../../../emulator/model/errors.ts";
import { readStatement, subjectOf } from "./statement.ts";

const words = [
  ..."()[]{},.;:?*%/+-=<>@'\"`#".split(""),
  ..."<< >> <= >= <> != || -- /* */ 'a' \"b\" 'it''s' `5` 1 -1 .5 1e5 1e99999999999 abc a.b c[0] ü \u{1f600} \0 \n".split(
    " ",
  ),
  ..."SELECT FROM WHERE INSERT INTO VALUE VALUES UPDATE SET REMOVE DELETE RETURNING ALL OLD NEW MODIFIED ORDER BY".split(
    " ",
  ),
  ..."AND OR NOT IN IS BETWEEN LIKE MISSING NULL TRUE false EXISTS( size( set_add( list_append( contains( DISTINCT".split(
    " ",
  ),
];
const wordy = fc
  .array(fc.constantFrom(...words), { maxLength: 40 })
  .chain((parts) => fc.constantFrom(" ", "").map((separator) => parts.join(separator)));
/** Statements that are nearly right. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      'SELECT a, b.c[0] FROM "abc"."def" WHERE a = ? AND (b IN [1, \'x\'] OR NOT c IS MISSING) ORDER BY a DESC',
      "INSERT INTO abc VALUE {'a': ?, 'b': [1, {'c': <<1, 2>>}], 'd': null}",
      "UPDATE abc SET a = a + 1 - ?, b = list_append(b, [1]) REMOVE c[1] WHERE a = 'x' RETURNING ALL NEW *",
      "DELETE FROM abc WHERE a = 'x' AND size(b) > 3 RETURNING ALL OLD *",
      "FROM abc WHERE a = ? SET s = set_add(s, <<'x'>>)",
      "EXISTS(SELECT * FROM abc WHERE a = 'x' AND b = 1)",
    ),
    fc.nat(100),
    fc.nat(5),
    wordy,
  )
  .map(([text, from, length, between]) => text.slice(0, from) + between + text.slice(from + length));
const deep = fc
  .tuple(fc.constantFrom("(", "[", "NOT ", "-", "{'a':", "size(", "<<", "a["), fc.integer({ min: 1, max: 2000 }))
  .map(([part, count]) => `SELECT * FROM abc WHERE a = ${part.repeat(count)}`);
const text = fc.oneof(wordy, damaged, deep, fc.string({ unit: "binary", maxLength: 60 }));

describe("Statements", () => {
  it("are read or refused, and nothing breaks their reading", () => {
    fc.assert(
      fc.property(text, fc.array(fc.constantFrom({ S: "a" }, { N: "1" }, { N: "x" }, {})), (Statement, Parameters) => {
        expect(["read", "write", undefined]).toContain(subjectOf(Statement)?.direction);
        try {
          expect(readStatement({ Statement, Parameters }).kind).toMatch(/^(select|insert|update|delete|exists)$/);
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          expect(error.name).toBe("ValidationException");
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("have as many conditions as fit into them", () => {
    const many = Array.from({ length: 1000 }, (_, i) => `a = ${i}`).join(" OR ");
    expect(readStatement({ Statement: `SELECT * FROM abc WHERE ${many}` }).kind).toBe("select");
  });
});

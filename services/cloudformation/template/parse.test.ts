import { parseTemplate } from "./parse.ts";

const messageOf = (body: string): string => {
  try {
    parseTemplate(body);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("a template's text", () => {
  it("is the same in JSON, in YAML with short forms and in YAML with long forms", () => {
    const expected = {
      A: { "Fn::Sub": "${B}" },
      C: { "Fn::GetAtt": ["Stream", "Arn"] },
      D: { "Fn::If": ["Prod", { Ref: "AWS::NoValue" }, { "Fn::Join": ["-", ["a", { Ref: "B" }]] }] },
    };
    const short = 'A: !Sub "${B}"\nC: !GetAtt Stream.Arn\nD: !If [Prod, !Ref "AWS::NoValue", !Join ["-", [a, !Ref B]]]';
    const long =
      'A: {"Fn::Sub": "${B}"}\nC: {"Fn::GetAtt": [Stream, Arn]}\n' +
      'D: {"Fn::If": [Prod, {Ref: "AWS::NoValue"}, {"Fn::Join": ["-", [a, {Ref: B}]]}]}';
    expect(parseTemplate(short)).toEqual(expected);
    expect(parseTemplate(long)).toEqual(expected);
    expect(parseTemplate(JSON.stringify(expected))).toEqual(expected);
  });

  it("keeps dates, account numbers and versions as they are written", () => {
    const parsed = parseTemplate("Version: 2012-10-17\nAccount: 012345678901\nRelease: 1.10\nTime: 10:30\nCount: 12");
    expect(parsed).toEqual({
      Version: "2012-10-17",
      Account: "012345678901",
      Release: "1.10",
      Time: "10:30",
      Count: 12,
    });
  });

  it("reads YAML 1.1's yes and no as booleans, but y and n, and keys, as text", () => {
    expect(parseTemplate("on: yes\noff: No\ny: n\nN: y")).toEqual({ on: true, off: false, y: "n", N: "y" });
  });

  it("ends the name of a short GetAtt at its first dot", () => {
    expect(parseTemplate("A: !GetAtt Db.Endpoint.Port")).toEqual({ A: { "Fn::GetAtt": ["Db", "Endpoint.Port"] } });
  });

  it("has to be well-formed", () => {
    expect(messageOf("A: [")).toBe("Template format error: YAML not well-formed. (line 1, column 5)");
    expect(messageOf('{\n"A": ')).toMatch(/^Template format error: JSON not well-formed. \(line 2, column \d\)$/);
    expect(messageOf("A: 1\nA: 2")).toBe("Template format error: YAML not well-formed. (line 2, column 1)");
  });

  it("has to be an object without nulls, aliases and unknown tags", () => {
    expect(messageOf("- a")).toBe("Template format error: unsupported structure.");
    expect(messageOf("hello")).toBe("Template format error: unsupported structure.");
    expect(messageOf("A: {B: }")).toBe("Template format error: [/A/B] 'null' values are not allowed in templates");
    expect(messageOf("A: &x 1\nB: *x")).toBe(
      "Template error: YAML aliases are not allowed in CloudFormation templates",
    );
    for (const depth of [200, 25_000]) {
      expect(messageOf(`{"A":${"[".repeat(depth)}${"]".repeat(depth)}}`)).toContain("nested too deeply");
      expect(messageOf(`A: ${"[".repeat(depth)}${"]".repeat(depth)}`)).toMatch(/nested too deeply|not well-formed/);
    }
    expect(messageOf("A: !Foo 1")).toContain("Unknown tag !Foo");
  });
});

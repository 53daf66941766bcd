import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { AwsError } from "../../emulator/model/errors.ts";
import { Deployment } from "./deployment.ts";
import { resourceChanges } from "./diff.ts";
import { resourceProvider } from "./resource-types.ts";
import { parseTemplate } from "./template/parse.ts";
import { resolveParameters } from "./template/parameters.ts";
import { readTemplate } from "./template/template.ts";

const RIVERS = parseTemplate(readFileSync(join(import.meta.dirname, "../../handlers/rivers/template.yaml"), "utf8"));

/** All that a request does with a template before anything is created. */
function plan(text: string): void {
  const template = readTemplate(text);
  const given = ["CodeBucket", "CodeKey"].filter((name) => template.parameters.has(name));
  const parameters = resolveParameters(
    template.parameters,
    given.map((ParameterKey) => ({ ParameterKey, ParameterValue: "code" })),
    undefined,
  );
  const deployment = new Deployment({
    template,
    parameters,
    tags: [{ Key: "team", Value: "rivers" }],
    account: "000000000000",
    region: "us-east-1",
    stackName: "rivers",
    stackId: "arn:aws:cloudformation:us-east-1:000000000000:stack/rivers/1",
    notificationArns: [],
    provider: resourceProvider,
    exported: () => "exported",
  });
  deployment.checkCapabilities(["CAPABILITY_IAM"]);
  deployment.checkResources();
  deployment.imports();
  resourceChanges(deployment, undefined);
}

/** What may stand anywhere in a template, right or wrong there. */
const value = fc.constantFrom<unknown>(
  null,
  "",
  "x",
  -1,
  1.5,
  true,
  [],
  {},
  ["a"],
  { Ref: "Stream" },
  { Ref: 5 },
  { Ref: "AWS::NoValue" },
  { Ref: "constructor" },
  { "Fn::GetAtt": "Stream.Arn" },
  { "Fn::GetAtt": [1, 2] },
  { "Fn::Sub": "${Stream}${constructor}" },
  { "Fn::Sub": ["${a}", { a: { Ref: "AWS::NoValue" } }] },
  { "Fn::Join": [",", { Ref: "Stream" }] },
  { "Fn::Join": [1] },
  { "Fn::If": [{}, 1, 2] },
  { "Fn::Select": [{ Ref: "Stream" }, []] },
  { "Fn::Split": [",", { Ref: "StreamName" }] },
  { "Fn::FindInMap": ["a", "b", { Ref: "Stream" }] },
  { "Fn::Base64": { Ref: "AWS::NotificationARNs" } },
  { "Fn::Cidr": ["1.1.1.1/8", 2] },
  { "Fn::ImportValue": "x" },
  { "Fn::Equals": [1, 2] },
  { Condition: "x" },
);
const name = fc.constantFrom("Extra", "constructor", "Properties", "Type", "Ref", "Fn::Sub", "Condition", "DependsOn");
const damage = fc.record({ at: fc.nat(), how: fc.constantFrom("replace", "remove", "add"), value, name });

type Node = Record<string, unknown>;

/** Every place in a template: the object or list that holds it, and its name there. */
function places(node: unknown, found: [Node, string][] = []): [Node, string][] {
  if (node === null || typeof node !== "object") return found;
  for (const key of Object.keys(node)) {
    found.push([node as Node, key]);
    places((node as Node)[key], found);
  }
  return found;
}

describe("a damaged template", () => {
  it("is refused in the words of CloudFormation, or is still a right one: never a fault of ours", () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const template: unknown = structuredClone(RIVERS);
        for (const each of damages) {
          const all = places(template);
          const [holder, key] = all[each.at % all.length] as [Node, string];
          if (each.how === "remove") delete holder[key];
          else holder[each.how === "add" ? each.name : key] = structuredClone(each.value);
        }
        const text = JSON.stringify(template);
        try {
          plan(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AwsError);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("is what the test damages: the template as it is passes", () => {
    plan(JSON.stringify(RIVERS));
  });
});

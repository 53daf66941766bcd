import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resourceProvider, resourceTypes } from "../../services/cloudformation/resource-types.ts";

const README = readFileSync(join(import.meta.dirname, "../../services/cloudformation/README.md"), "utf8");

const rowOf = (type: string): string => README.split("\n").find((line) => line.startsWith(`| \`${type}\` |`)) ?? "";

describe("the table of resource types in the README", () => {
  it("has a row for every type, and no other", () => {
    const rows = [...README.matchAll(/^\| `(AWS::[A-Za-z0-9:]+)` \|/gm)].map(([, type]) => String(type));
    expect(rows.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(resourceTypes());
  });

  it.each(resourceTypes().filter((type) => type !== "AWS::S3::Bucket"))("names what is refused of %s", (type) => {
    const row = rowOf(type);
    const properties = Object.entries(resourceProvider(type)?.properties ?? {});
    const refused = properties.filter(([, { kind }]) => kind === "refused").map(([name]) => name);
    // those of an event source mapping's other sources are summed up
    const summedUp = /Kafka|Queues|Topics|DocumentDB|SourceAccess|SelfManaged/;
    expect(refused.filter((name) => !summedUp.test(name) && !row.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(resourceTypes().filter((type) => type !== "AWS::S3::Bucket"))("calls nothing refused that %s has", (type) => {
    const [, , , row = ""] = rowOf(type).split("|");
    const named = [...row.matchAll(/`([A-Za-z]+)`(?! \(but)/g)].map(([, name]) => String(name));
    const properties = resourceProvider(type)?.properties ?? {};
    expect(named.filter((name) => (properties[name]?.kind ?? "refused") !== "refused")).toEqual([]);
  });

  it("names what is supported of AWS::S3::Bucket, where that is less", () => {
    const row = rowOf("AWS::S3::Bucket");
    const properties = Object.entries(resourceProvider("AWS::S3::Bucket")?.properties ?? {});
    const supported = properties.filter(([, { kind }]) => kind !== "refused" && kind !== "readOnly");
    expect(supported.filter(([name]) => !row.includes(`\`${name}\``))).toEqual([]);
  });
});

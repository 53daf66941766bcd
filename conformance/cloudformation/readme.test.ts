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

  it.each(resourceTypes())("names what is refused of %s", (type) => {
    const row = rowOf(type);
    const properties = Object.entries(resourceProvider(type)?.properties ?? {});
    const refused = properties.filter(([, { kind }]) => kind === "refused").map(([name]) => name);
    // those of an event source mapping's other sources are summed up
    const summedUp = /Kafka|Queues|Topics|DocumentDB|SourceAccess|SelfManaged/;
    expect(refused.filter((name) => !summedUp.test(name) && !row.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(resourceTypes())("calls nothing refused that %s has", (type) => {
    const [, , , row = ""] = rowOf(type).split("|");
    const named = [...row.matchAll(/`([A-Za-z]+)`(?! \(but)/g)].map(([, name]) => String(name));
    const properties = resourceProvider(type)?.properties ?? {};
    expect(named.filter((name) => (properties[name]?.kind ?? "refused") !== "refused")).toEqual([]);
  });
});

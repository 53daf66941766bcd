import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../emulator/model/service.ts";
import { readmePath, withOperations } from "../scripts/service-readmes.ts";
import { services } from "../services/index.ts";

describe("the README of a service", () => {
  it.each(services.map((service) => [service.name, service] as const))(
    "%s: lists the operations that it has",
    (_name, service) => {
      const readme = readFileSync(readmePath(service), "utf8");
      expect(readme).toBe(withOperations(service, readme));
    },
  );
});

/** The services whose suites are a file an operation. */
const SORTED: readonly string[] = ["dynamodb", "s3"];

interface Suite {
  readonly file: string;
  /** The operation that the file is named after, and those that its first comment says it proves. */
  readonly proves: readonly string[];
  /** The operations that it calls, itself or by the set-ups that it imports. */
  readonly calls: ReadonlySet<string>;
}

const kebab = (operation: string): string => operation.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, "-").toLowerCase();

function suitesOf(service: Service): Suite[] {
  const folder = join(import.meta.dirname, service.name);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => {
      const source = read(file);
      const [, header = ""] = /^\/\*\*[\s*]*Proves ([^/]*)\*\//.exec(source) ?? [];
      const named = Object.keys(service.operations).filter((operation) => `${kebab(operation)}.test.ts` === file);
      const imported = [...source.matchAll(/ from "\.\/([\w-]+\.ts)"/g)].map(([, path = ""]) => read(path));
      const called = [source, ...imported].join("\n").matchAll(/new (\w+)Command\(|\bpaginate(\w+)\(/g);
      return {
        file,
        proves: [...new Set([...named, ...(header.match(/\b[A-Z][a-z]+[A-Z]\w+|\bQuery\b|\bScan\b/g) ?? [])])],
        calls: new Set([...called].map(([, command, paged]) => command ?? paged ?? "")),
      };
    });
}

describe("the suite of a service", () => {
  const sorted = services
    .filter(({ name }) => SORTED.includes(name))
    .map((service) => [service.name, service] as const);

  it.each(sorted)("%s: has a file for each operation, named after it or saying so", (_name, service) => {
    const proved = new Set(suitesOf(service).flatMap(({ proves }) => proves));
    expect(Object.keys(service.operations).filter((operation) => !proved.has(operation))).toEqual([]);
  });

  it.each(sorted)("%s: calls what its files say that they prove", (_name, service) => {
    const claims = suitesOf(service).flatMap(({ file, proves, calls }) =>
      proves.filter((operation) => !calls.has(operation)).map((operation) => `${file}: ${operation}`),
    );
    expect(claims).toEqual([]);
  });
});

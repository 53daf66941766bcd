// Writes the operations of each service into its README.md, between the markers. Usage: node --import tsx scripts/service-readmes.ts
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Service } from "../emulator/model/service.ts";
import { services } from "../services/index.ts";

const MARKED = /<!-- operations -->[\s\S]*<!-- \/operations -->/;

export const readmePath = (service: Service): string =>
  fileURLToPath(new URL(`../services/${service.name}/README.md`, import.meta.url));

/** What stands between the markers: made from the operation table, nothing else. */
function operationsSection(service: Service): string {
  const supported = Object.keys(service.operations).toSorted();
  const others = service.schemas.all().length - supported.length;
  return [
    "<!-- operations -->",
    `${supported.length} of the ${service.schemas.all().length} operations of AWS's API: ${supported.map((name) => `\`${name}\``).join(", ")}.`,
    ...(others > 0 ? ["", `The other ${others} are refused by name (\`NotImplemented\`, 501).`] : []),
    "<!-- /operations -->",
  ].join("\n");
}

/** The README as it must be. @throws Error when it has no markers */
export function withOperations(service: Service, readme: string): string {
  if (!MARKED.test(readme)) throw new Error(`services/${service.name}/README.md has no <!-- operations --> markers`);
  return readme.replace(MARKED, () => operationsSection(service));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const service of services) {
    const path = readmePath(service);
    writeFileSync(path, withOperations(service, readFileSync(path, "utf8")));
  }
}

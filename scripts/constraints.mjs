// Emits services/<name>/constraints.ts: the limits that botocore's service model (PyPI package botocore) states for the
// operations that services/<name>/index.ts lists. Usage: node scripts/constraints.mjs <service> [...]
// BOTOCORE_DATA names botocore's data folder; without it, python3 is asked where it is.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { NormalizedSchema } from "@smithy/core/schema";

const PACKAGES = { apigateway: "api-gateway", logs: "cloudwatch-logs" };
const BOTOCORE_FOLDERS = { "dynamodb-streams": "dynamodbstreams" };

const dataFolder =
  process.env.BOTOCORE_DATA ??
  join(
    execFileSync("python3", ["-c", "import botocore; print(botocore.__path__[0])"], { encoding: "utf8" }).trim(),
    "data",
  );

function model(service) {
  const folder = join(dataFolder, BOTOCORE_FOLDERS[service] ?? service);
  const version = readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d-\d\d$/.test(name))
    .toSorted()
    .at(-1);
  const files = readdirSync(join(folder, version));
  const file = files.find((name) => name.startsWith("service-2.json"));
  const bytes = readFileSync(join(folder, version, file));
  return JSON.parse((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
}

function listedOperations(service) {
  const index = readFileSync(`services/${service}/index.ts`, "utf8");
  const table = /operations:\s*\{([\s\S]*?)\n?\s*\},?\n/.exec(index)?.[1] ?? "";
  const names = [...table.matchAll(/(?:^|[\s,{])([A-Z]\w+)\s*[:,]/g)].map((match) => match[1]);
  if (names.length === 0) throw new Error(`no operations in services/${service}/index.ts`);
  return names;
}

const NUMBERS = new Set(["integer", "long", "float", "double"]);

/** The limits of a botocore shape itself and, for lists and maps, of what they hold. */
function limits(shapes, name, depth = 0) {
  const shape = shapes[name];
  const out = {};
  const measured = NUMBERS.has(shape.type) || ["string", "blob", "list", "map"].includes(shape.type);
  // lengths of 0 and more, and numbers' whole range, say nothing
  if (measured && shape.min !== undefined && (shape.min > 0 || NUMBERS.has(shape.type))) out.min = shape.min;
  if (measured && shape.max !== undefined && shape.max < 2 ** 31 - 1) out.max = shape.max;
  if (shape.pattern && !/^\^?(\[\\s\\S\]\*|\.\*)\$?$/.test(shape.pattern)) out.pattern = shape.pattern;
  if (shape.enum) out.enum = shape.enum;
  if (depth > 4) return out;
  if (shape.type === "list") nest(out, "member", limits(shapes, shape.member.shape, depth + 1));
  if (shape.type === "map") {
    nest(out, "key", limits(shapes, shape.key.shape, depth + 1));
    nest(out, "value", limits(shapes, shape.value.shape, depth + 1));
  }
  return out;
}

const nest = (out, name, inner) => {
  if (Object.keys(inner).length > 0) out[name] = inner;
};

/** Walks the SDK's schema and botocore's shape side by side: their structures' names may differ, members' do not. */
function walk(ns, name, shapes, emitted) {
  const shape = shapes[name];
  if (!shape) return;
  if (shape.type === "list" && ns.isListSchema()) return walk(ns.getValueSchema(), shape.member.shape, shapes, emitted);
  if (shape.type === "map" && ns.isMapSchema()) return walk(ns.getValueSchema(), shape.value.shape, shapes, emitted);
  if (shape.type !== "structure" || !(ns.isStructSchema() || ns.isUnionSchema())) return;
  const structure = ns.getSchema()[2];
  if (emitted[structure]) return;
  const members = (emitted[structure] = {});
  for (const [member, memberSchema] of ns.structIterator()) {
    const reference = shape.members[member];
    if (!reference) continue;
    const found = limits(shapes, reference.shape);
    if (shape.required?.includes(member)) found.required = true;
    if (Object.keys(found).length > 0) members[member] = found;
    walk(memberSchema, reference.shape, shapes, emitted);
  }
}

for (const service of process.argv.slice(2)) {
  const sdk = await import(`@aws-sdk/client-${PACKAGES[service] ?? service}`);
  const { operations, shapes, metadata } = model(service);
  const emitted = {};
  for (const operation of listedOperations(service)) {
    const input = operations[operation]?.input?.shape;
    const schema = sdk[`${operation}$`];
    if (!schema) throw new Error(`the SDK has no operation ${operation}`);
    const ns = NormalizedSchema.of(schema[4]);
    if (input && !ns.isUnitSchema()) walk(ns, input, shapes, emitted);
  }
  const used = Object.fromEntries(
    Object.entries(emitted)
      .filter(([, members]) => Object.keys(members).length > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
  const lines = Object.entries(used).map(([name, members]) => `  ${name}: ${JSON.stringify(members)},`);
  writeFileSync(
    `services/${service}/constraints.ts`,
    `// Emitted by scripts/constraints.mjs from botocore's model ${metadata.apiVersion} of ${metadata.serviceId}; not edited by hand.\n` +
      `import type { Constraints } from "../../emulator/model/constraints.ts";\n\n` +
      `export const constraints: Constraints = {\n${lines.join("\n")}\n};\n`,
  );
  console.log(`services/${service}/constraints.ts: ${lines.length} structures`);
}

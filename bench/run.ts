// Runs every bench in turn and prints one table of their figures, with what is aimed at. Ratios are of one run each; figures of
// one run of all are a look, not a record: other work on the machine shows in them.
// Usage: node --import tsx bench/run.ts [--only start ...] [--quick]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { only: { type: "string", multiple: true }, quick: { type: "boolean", default: false } },
});

interface Bench {
  readonly file: string;
  readonly quick: readonly string[];
  readonly figures: readonly Figure[];
}

/** One line of the table: the pattern's first group is the figure. */
interface Figure {
  readonly name: string;
  readonly pattern: RegExp;
  readonly unit: string;
  readonly aim?: string;
  readonly isMet?: (value: number) => boolean;
}

const atLeast = (limit: number, aim: string) => ({ aim, isMet: (value: number) => value >= limit });
const below = (limit: number, aim: string) => ({ aim, isMet: (value: number) => value < limit });

const BENCHES: readonly Bench[] = [
  {
    file: "start.ts",
    quick: ["--rounds", "3", "--memory-rounds", "1"],
    figures: [
      { name: "start, fresh directory", pattern: /fresh directory +(\d+) ms/, unit: "ms", ...below(400, "< 400 ms") },
      { name: "start, used directory", pattern: /used directory +(\d+) ms/, unit: "ms", ...below(400, "< 400 ms") },
      { name: "start, fresh, to bare server's", pattern: /fresh .* ([\d.]+) times the bare/, unit: "x" },
      { name: "memory, idle", pattern: /fresh .* (\d+) MB idle/, unit: "MB", ...below(110, "< 110 MB") },
    ],
  },
  ...["PutRecords", "GetRecords"].map((operation) => ({
    file: operation === "PutRecords" ? "kinesis/put-records.ts" : "kinesis/get-records.ts",
    quick: ["--rounds", "3", "--seconds", "0.5"],
    figures: ["HTTP/1.1, 1 client", "HTTP/1.1, 16 clients", "h2c, 1 client", "h2c, 16 clients"].flatMap((setting) => {
      const section = `${operation}, 500 [^\\n]*${setting}:\\n`;
      const name = `${operation} of 500, ${setting}`;
      return [
        { name, pattern: new RegExp(`${section} +headwater +([\\d,]+)`), unit: "records/s" },
        {
          ...{ name: `${name}: to bare server's`, unit: "x", ...atLeast(0.5, ">= 0.5") },
          pattern: new RegExp(`${section}(?:  .*\\n)*?  bare .*headwater is ([\\d.]+) of it`),
        },
      ];
    }),
  })),
  {
    file: "kinesis/put-record.ts",
    quick: ["--rounds", "3", "--seconds", "0.5"],
    figures: ["p50", "p99"].map((name) => ({
      name: `PutRecord, HTTP/1.1, 1 client: ${name}`,
      pattern: new RegExp(`PutRecord, [^\\n]*HTTP/1.1, 1 client:\\n +headwater .*?${name} ([\\d.]+) ms`),
      unit: "ms",
    })),
  },
  {
    file: "kinesis/lambda.ts",
    quick: ["--records", "50000", "--events", "100"],
    figures: [
      { name: "Kinesis -> Lambda", pattern: /headwater ([\d,]+) records\/s/, unit: "records/s" },
      {
        ...{ name: "answer to function, p50", pattern: /headwater .*p50 (-?[\d.]+) ms/, unit: "ms" },
        ...below(3, "< 3 ms"),
      },
      {
        ...{ name: "answer to function, p99", pattern: /headwater .*p99 (-?[\d.]+) ms/, unit: "ms" },
        ...below(10, "< 10 ms"),
      },
    ],
  },
  {
    file: "kinesis/backlog.ts",
    quick: [],
    figures: ["10,000", "100,000", "1,000,000"].flatMap((size) => [
      {
        name: `backlog of ${size}, counted in`,
        pattern: new RegExp(` ${size} records: .*counted in ([\\d.]+) s`),
        unit: "s",
      },
      { name: `backlog of ${size}, memory`, pattern: new RegExp(` ${size} records: .*at most (\\d+) MB`), unit: "MB" },
    ]),
  },
  {
    file: "dynamodb/operations.ts",
    quick: ["--rounds", "3", "--seconds", "0.5"],
    figures: ["PutItem", "GetItem", "Query", "UpdateItem", "BatchWriteItem", "TransactWriteItems"].flatMap(
      (operation) => {
        const section = `${operation}, [^\\n]*16 clients:\\n`;
        return [
          { name: operation, pattern: new RegExp(`${section} +headwater +([\\d,]+)`), unit: "calls/s" },
          // dynalite is always installed, and has no transactions
          ...(operation === "TransactWriteItems" ? ["bare"] : ["bare", "dynalite"]).map((peer) => ({
            ...{ name: `${operation}, to ${peer}'s`, unit: "x" },
            ...(peer === "dynalite" && atLeast(1, "> 1")),
            pattern: new RegExp(`${section}(?:  .*\\n)*?  ${peer} +\\d.*headwater is ([\\d.]+) of it`),
          })),
        ];
      },
    ),
  },
  {
    file: "lambda/invoke.ts",
    quick: ["--rounds", "3", "--calls", "500"],
    figures: [
      { name: "warm Invoke, p50", pattern: /warm Invoke: p50 ([\d.]+) ms/, unit: "ms", ...below(1, "< 1 ms") },
      { name: "warm Invoke, to bare server's", pattern: /warm Invoke: .* ratio ([\d.]+)/, unit: "x" },
      { name: "cold start", pattern: /cold start ([\d.]+) ms/, unit: "ms" },
    ],
  },
  {
    file: "iam.ts",
    quick: ["--rounds", "3", "--calls", "600"],
    figures: [
      // the difference of two emulators is smaller than the noise of a busy machine: the profile is what counts
      { name: "evaluation of policies, on to off", pattern: /evaluation takes (-?[\d.]+) %/, unit: "%" },
      {
        ...{ name: "evaluation of policies, profiled", pattern: /by a CPU profile .*: ([\d.]+) %/, unit: "%" },
        ...below(3, "< 3 %"),
      },
    ],
  },
  {
    file: "pipeline.ts",
    quick: ["--rounds", "3"],
    figures: ["100, window 0", "500, window 0", "1,000, window 0", "500, window 1"].map((setting) => ({
      ...{ name: `10,000 records, batch ${setting} s`, pattern: new RegExp(`size ${setting} s +([\\d,]+) ms`) },
      ...{ unit: "ms", ...below(2_000, "< 2,000 ms") },
    })),
  },
  {
    file: "pipelines.ts",
    quick: ["--rounds", "1", "--load", "0.2"],
    figures: [
      ["rivers", "batching window 0"],
      ["rivers", "as shipped"],
      ["retail", "batching window 0"],
      ["retail", "as shipped"],
      ["weather", "batching window 0"],
      ["weather", "as shipped"],
      ["iot", "buffers of 0 s"],
      ["iot", "buffers of 1 s"],
      ["sensors", "usage plan wide open"],
    ].flatMap(([pipeline, setting]) => {
      const line = `  ${pipeline}, ${setting}.*`;
      const name = `${pipeline}, ${setting}`;
      return [
        { name: `${name}: p50`, pattern: new RegExp(`${line} p50 +([\\d.]+) ms`), unit: "ms" },
        { name: `${name}: p99`, pattern: new RegExp(`${line} p99 +([\\d.]+) ms`), unit: "ms" },
        { name: `${name}: sustained`, pattern: new RegExp(`${line} ([\\d,]+) events/s`), unit: "events/s" },
      ];
    }),
  },
  {
    file: "apigateway/post.ts",
    quick: ["--rounds", "3", "--calls", "1000"],
    figures: [1, 8, 32].flatMap((connections) => {
      const line = ` ${connections} connections: API`;
      const name = `POST to Lambda, ${connections} connections`;
      return [
        { name, pattern: new RegExp(`${line} ([\\d,]+)/s`), unit: "req/s" },
        { name: `${name}: p50`, pattern: new RegExp(`${line} .*?p50 ([\\d.]+) ms`), unit: "ms" },
        { name: `${name}: p99`, pattern: new RegExp(`${line} .*?p99 ([\\d.]+) ms`), unit: "ms" },
        { name: `${name}: to Invoke's`, pattern: new RegExp(`${line} .*?API is ([\\d.]+) of it; bare`), unit: "x" },
        {
          name: `${name}: to bare server's`,
          pattern: new RegExp(`${line} .*bare .*API is ([\\d.]+) of it`),
          unit: "x",
        },
      ];
    }),
  },
  {
    file: "firehose/put-record-batch.ts",
    quick: ["--rounds", "3", "--calls", "100"],
    figures: [
      ["plain", "PutRecordBatch"],
      ["with Lambda", "PutRecordBatch with Lambda"],
    ].flatMap(([line, name]) => [
      { name: `${name}: acknowledged`, pattern: new RegExp(`${line} +acknowledged ([\\d.]+) MB/s`), unit: "MB/s" },
      { name: `${name}: to bare server's`, pattern: new RegExp(`${line} .*\\(([\\d.]+) of bare`), unit: "x" },
      {
        name: `${name}: delivered to S3`,
        pattern: new RegExp(`${line} .*delivered to S3 ([\\d.]+) MB/s`),
        unit: "MB/s",
      },
    ]),
  },
  {
    file: "demo.ts",
    quick: [],
    figures: [{ name: "make demo PIPELINE=all", pattern: /make demo PIPELINE=all: ([\d.]+) s/, unit: "s" }],
  },
  {
    file: "s3/objects.ts",
    quick: ["--rounds", "3", "--cases", "put-1k,get-1k,put-10m,get-10m"],
    figures: ["PutObject 1 KiB", "GetObject 1 KiB", "PutObject 10 MiB", "GetObject 10 MiB"].flatMap((call) =>
      ["1 client", "16 clients"].flatMap((clients) => {
        const section = `${call}, [^\\n]*${clients}:\\n`;
        const unit = call.endsWith("MiB") ? "MiB/s" : "requests/s";
        return [
          { name: `${call}, ${clients}`, pattern: new RegExp(`${section} +headwater +([\\d,]+)`), unit },
          {
            ...{ name: `${call}, ${clients}: to bare server's`, unit: "x" },
            pattern: new RegExp(`${section}(?:  .*\\n)*?  floor .*headwater is ([\\d.]+) of it`),
          },
        ];
      }),
    ),
  },
];

const NAME_WIDTH = Math.max(...BENCHES.flatMap(({ figures }) => figures.map(({ name }) => name.length)));

/** Runs a bench, shows what it prints, and gives that back. */
async function run(file: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, file), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`bench/${file} ended with ${String(code)}`);
  return output;
}

function tableLine({ name, pattern, unit, aim = "", isMet }: Figure, output: string): string {
  const text = pattern.exec(output)?.[1];
  if (text === undefined) {
    process.exitCode = 1;
    return `${name.padEnd(NAME_WIDTH)} not found in the output`;
  }
  const verdict = isMet ? (isMet(Number(text.replaceAll(",", ""))) ? "met" : "MISSED") : "";
  return `${name.padEnd(NAME_WIDTH)} ${text.padStart(10)} ${unit.padEnd(10)} ${aim.padEnd(13)} ${verdict}`.trimEnd();
}

const table: string[] = [];
for (const { file, quick, figures } of BENCHES) {
  if (options.only && !options.only.some((name) => file.includes(name))) continue;
  console.log(`\n== bench/${file}`);
  try {
    const output = await run(file, options.quick ? quick : []);
    for (const figure of figures) table.push(tableLine(figure, output));
  } catch (error) {
    process.exitCode = 1;
    table.push(`bench/${file}: ${(error as Error).message}`);
  }
}
console.log(
  `\n${"figure".padEnd(NAME_WIDTH)} ${"measured".padStart(10)} ${"".padEnd(10)} ${"aim".padEnd(13)}\n${"-".repeat(NAME_WIDTH + 46)}`,
);
for (const line of table) console.log(line);

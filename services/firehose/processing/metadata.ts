import { invalidArgument } from "../errors.ts";
import { isAlive, type Failure, type Item } from "./item.ts";

type Jq = typeof import("jq-wasm");

let loading: Promise<Jq> | undefined;

/** A megabyte of WebAssembly: loaded when the first query is there. */
const jq = (): Promise<Jq> => (loading ??= import("jq-wasm"));

/** What jq answers. Where it fails it sets the exit code of the process, as the command would: that is taken back. */
async function run(input: string, filter: string): Promise<string> {
  const { raw } = await jq();
  const { exitCode } = process;
  try {
    return await raw(input, filter, ["-c"]);
  } finally {
    process.exitCode = exitCode;
  }
}

const failed = (message: string, endedAt: number): Failure => ({
  type: "metadata-extraction-failed",
  code: "DynamicPartitioning.MetadataExtractionFailed",
  message,
  attempts: 1,
  endedAt,
});

export const missingKeys = (endedAt: number): Failure =>
  failed("partitionKeys values must not be null or empty", endedAt);

/**
 * The keys that a query makes, as far as they can be told without a record.
 * @throws AwsError InvalidArgumentException for one that jq cannot read
 */
export async function keysOfQuery(query: string): Promise<string[]> {
  try {
    await run("null", `(${query}\n) | empty`);
  } catch (error) {
    if (complaint(error).includes("compile error")) {
      throw invalidArgument("MetaDataExtraction JQ Query is not a valid JQ expression");
    }
  }
  try {
    // of several answers the last one counts
    const answer: unknown = JSON.parse((await run("{}", query)).trim().split("\n").at(-1) || "null");
    return typeof answer === "object" && answer !== null && !Array.isArray(answer) ? Object.keys(answer) : [];
  } catch (error) {
    complaint(error); // it wants a record of some form
    return [];
  }
}

/** Runs the query on every record and notes the keys that it answers. */
export async function extractMetadata(items: readonly Item[], query: string, nowMs: number): Promise<void> {
  const documents: { item: Item; document: unknown }[] = [];
  for (const item of items.filter(isAlive)) {
    try {
      documents.push({ item, document: JSON.parse(Buffer.from(item.data).toString("utf8")) });
    } catch {
      item.failure = failed("Non JSON record provided", nowMs);
    }
  }
  if (documents.length === 0) return;
  const answers = await evaluate(
    documents.map(({ document }) => document),
    query,
  );
  documents.forEach(({ item }, index) => {
    const answer = answers[index];
    if (answer === undefined || "error" in answer) {
      item.failure = failed(answer?.error ?? "The query has no answer", nowMs);
      return;
    }
    const keys = keysOf(answer.ok.at(-1));
    if (keys) item.queryKeys = keys;
    else item.failure = missingKeys(nowMs);
  });
}

/** What jq says about a query or its input; any other error is thrown on. */
function complaint(error: unknown): string {
  if (!(error instanceof Error) || !error.message.startsWith("jq:")) throw error;
  return error.message;
}

type Answer = { readonly ok: readonly unknown[] } | { readonly error: string };

async function evaluate(documents: readonly unknown[], query: string): Promise<Answer[]> {
  const filter = `.[] | try {ok: [(${query}\n)]} catch {error: tostring}`;
  try {
    const text = await run(JSON.stringify(documents), filter);
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
  } catch (error) {
    const text = complaint(error);
    return documents.map(() => ({ error: text }));
  }
}

/** The values as text; undefined where one is null or empty. */
export function keysOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const keys: Record<string, string> = {};
  for (const [name, key] of Object.entries(value)) {
    const text = typeof key === "string" ? key : key === null ? "" : JSON.stringify(key);
    if (text === "") return undefined;
    keys[name] = text;
  }
  return keys;
}
